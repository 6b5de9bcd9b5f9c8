package vtl

import (
	"strings"
	"testing"
)

// refused are templates with what this package does not support, and a part of the error.
var refused = map[string]string{
	// Directives.
	"#macro(x)a#end":                        "1:1: directive #macro is not supported",
	"a\n #parse('x')":                       "2:2: directive #parse is not supported",
	"#{stop}":                               "directive #stop is not supported",
	"#@x()a#end":                            "directive #@x is not supported",
	"#x ($s)":                               "#x(…) would call a macro",
	"#set $x = 1":                           `want "#set("`,
	"#set($x.a = 1)":                        "got $x.a, want $name: only plain variables can be assigned",
	"#set(${x} = 1)":                        "only plain variables can be assigned",
	"#set($util = 1)":                       "$util cannot be assigned",
	"#set($x == 1)":                         `got "== 1)", want "="`,
	"#foreach($i in $list)#set($i = 1)#end": "assigning $i inside its own #foreach",
	"#foreach($i in 5)#end":                 "want a reference, list or map",
	"#foreach($i in [1..3])#end":            "ranges are not supported",
	"#if($t)a":                              "#end is missing",
	"#if $t a#end":                          `got "$t a#end", want "("`,
	"#if()a#end":                            `got ")a#end", want a value`,
	"a#end":                                 "1:2: #end without #if or #foreach",
	"#if($t)#else a#elseif($t)b#end":        "got #elseif, want #end",
	"#[[a]]#":                               "a hash before \"[[a]]#\" is not supported",
	"#$s":                                   "a hash before",
	"#* a":                                  "the comment has no end",
	"#* #* *#":                              "another comment in it",
	"## a $":                                "a line comment with",
	`\$s`:                                   `a backslash before "$s" is not supported`,
	`\\#if`:                                 "a backslash before",

	// References and what follows them.
	"$":              "a dollar sign before the end",
	"$$s":            "a dollar sign before",
	"$!":             "want a name",
	"${s":            `got the end, want "}"`,
	"$true":          `"true" is not a name`,
	"$s{a}":          `"{a}" directly after $s is not supported`,
	"$s.length()a":   "directly after $s.length()",
	"$s #set($x=1)":  "directly after $s is not supported; write references as ${name}",
	"$map.a$s(":      "directly after $s",
	"$u$.b":          "directly after $u",
	"$map.a##\n":     "directly after $map.a",
	"$list[1.5]":     "an index cannot be a floating-point number",
	"$s.length( )":   "want a value",
	"$s.contains(a)": `got "a)", want a value`,

	// Expressions.
	"#set($x = 3 -2)":                                   "Velocity takes \"-2)\" for a negative number",
	"#set($x = -$n)":                                    `got "-$n)", want a value`,
	"#set($x = abc)":                                    `got "abc)", want a value`,
	"#set($x = 99999999999999999999)":                   "has more than 64 bits",
	`#set($x = "a\"b")`:                                 "want \")\"",
	`#set($x = "a)`:                                     "1:11: the string has no end",
	`#set($x = "\u00")`:                                 `\u without four hexadecimal digits`,
	`#set($x = "\ud800")`:                               "half a surrogate pair",
	"\n#set($x = \"a$s{\")":                             `2:17: in the string that ends here: 1:4: "{ " directly after $s`,
	"#set($x = [ ])":                                    "want a value",
	"#set($x = {'a' 1})":                                `want ":"`,
	"#set($x = $u.a + 1 + (1/0) + 'a')":                 "",
	"#if(1 =! 2)#end":                                   `got "=! 2)#end", want ")"`,
	strings.Repeat("(", 200):                            "",
	"#if(" + strings.Repeat("(", 200):                   "nests deeper than 100",
	strings.Repeat("#if($t)", 200):                      "nests deeper than 100",
	"#set($x = 1" + strings.Repeat("+ 1", 10_001) + ")": "more than 10000 operators",
	strings.Repeat("a", maxSource+1):                    "want at most 1048576",
	"\xff":                                              "not valid UTF-8",
}

func TestRefused_parseRefuses(t *testing.T) {
	for template, want := range refused {
		_, err := Parse(template)
		if want == "" {
			if err != nil {
				t.Errorf("%.60q: %v", template, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %v, want an error with %q", template, err, want)
		}
	}
}

func TestRefused_renderRefuses(t *testing.T) {
	body := `{"a": [1], "b": {"c": 2}}`
	tests := map[string]string{
		"$input":                                  "$input: $input has no text",
		"$input.foo":                              `property "foo" is not supported; supported: body, params()`,
		"$input.foo('a')":                         `property "foo(…)" is not supported`,
		"$input.path('$.x')":                      "the body has nothing at $.x, for which AWS documents no result",
		"$input.path('$..a')":                     `the JSONPath "$..a" is not supported`,
		"$input.path('a')":                        `the JSONPath "a" is not supported`,
		"$input.path('$.a[1]')":                   "nothing at $.a[1]",
		"$input.path()":                           "path has 0 arguments, want one",
		"$util.foo('a')":                          `method "foo" is not supported; supported: urlEncode,`,
		"$util.urlEncode($u)":                     "the argument of urlEncode is null, want a string",
		"$util.urlEncode(1)":                      "the argument of urlEncode is a number",
		"$util.urlDecode('%zz')":                  "invalid URL escape",
		"$util.urlDecode('%ff')":                  "is not UTF-8",
		"$util.base64Decode('_')":                 "illegal base64",
		"$util.parseJson('{')":                    "parseJson: the text ends too early",
		"$util.parseJson('1 2')":                  "there is more after the first value",
		"$util.parseJson('99999999999999999999')": "more than 64 bits",
		"$util.x":                                 `property "x" is not supported`,
		"$stageVariables.class":                   `property "class" of a map is not supported`,
		"$input.body.bytes":                       `property "bytes" of a string is not supported`,
		"$input.body.substring(1)":                "method substring with 1 arguments of a string is not supported",
		"$stageVariables.put('a', 1)":             "method put with 2 arguments of a map is not supported",
		"#set($l = [1])$l[1]":                     "index 1 of a list of 1",
		"#set($l = [1])$l['a']":                   "an index of a list is a string, want an integer",
		"#set($m = {[]:1})":                       "the key of a map is a list",
		"#foreach($i in [1])$foreach.parent#end":  "$foreach.parent is not supported",
		"#foreach($i in [1])$foreach.stop()#end":  "$foreach.stop(…) is not supported",
		"#set($x = 9223372036854775807 + 1)":      "9223372036854775807 + 1 has more than 64 bits",
		"#set($x = 'a' + (1 / 0))":                "an expression without a value cannot be joined",
		"#set($x = [])" + strings.Repeat("#set($x = [$x])", 200) + "$x":        "a value nests deeper than 100",
		"#set($x = [1, 2])" + strings.Repeat("#set($x = [$x, $x])", 60) + "$x": "the template takes more than 1000000 steps",
		"#set($x = 'abcdefgh')" + strings.Repeat(`#set($x = "$x$x")`, 60):      "the template makes more than 16777216 bytes",
		"#set($l = [" + strings.Repeat("1,", 99) + "1])#foreach($a in $l)#foreach($b in $l)#foreach($c in $l)#foreach($d in " +
			"$l)x#end#end#end#end": "more than 1000000 steps",
	}
	for template, want := range tests {
		parsed, err := Parse(template)
		if err != nil {
			t.Errorf("%.60q: %v", template, err)
			continue
		}
		if got, err := parsed.Render(Input{Body: body}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: got %.60q, %v; want an error with %q", template, got, err, want)
		}
	}
	parsed, err := Parse("$input.json('$')")
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"", "{", "<html>", `{"a":1}}`} {
		if got, err := parsed.Render(Input{Body: body}); err == nil || !strings.Contains(err.Error(), "the body is not JSON") {
			t.Errorf("%q: got %q, %v", body, got, err)
		}
	}
	if _, err := parsed.Render(Input{Body: "1", Context: map[string]any{"a": []any{struct{}{}}}}); err == nil ||
		err.Error() != "$context.a[0] is a struct {}, want a scalar, map or list" {
		t.Errorf("got %v", err)
	}
}
