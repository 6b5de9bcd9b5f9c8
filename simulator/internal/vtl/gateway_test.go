package vtl

import "testing"

func TestGateway(t *testing.T) {
	in := Input{
		Body:           `{ "name": "a\"<é", "n": 3600, "long": 3000000000, "d": 1.50, "list": [1, {"x": null}], "o": {"z": 1, "a": true} }`,
		Path:           map[string]string{"id": "path"},
		Query:          map[string]string{"id": "query", "q": "query"},
		Header:         map[string]string{"id": "header", "q": "header", "X-H": "header"},
		StageVariables: map[string]string{"originheader": "v"},
		Context:        map[string]any{"identity": map[string]any{"sourceIp": "192.0.2.1"}, "n": 5, "list": []any{true, map[string]string{"a": "b"}}},
	}
	tests := map[string]string{
		"$input.params('id') $input.params('q') $input.params('X-H') '$input.params('none')'": "path query header ''",
		"$input.params().path.id $input.params().querystring.get('q') $input.params().header": "path query {X-H=header, id=header, q=header}",
		"$input.params().querystring.get('none')$!input.params().querystring.get('none')":     "$input.params().querystring.get('none')",
		"$input.path('$.name') $input.path('$').o.a $input.path('$.list[1]')":                 `a"<é true {x=null}`,
		"$input.path(\"$['o']['z']\")":                                                                               "1",
		"$input.json('$.name') $input.json('$.list') $input.json('$.d')":                                             `"a\"<é" [1,{"x":null}] 1.5`,
		"$input.json('$')":                                                                                           `{"name":"a\"<é","n":3600,"long":3000000000,"d":1.5,"list":[1,{"x":null}],"o":{"z":1,"a":true}}`,
		"#set($n = $input.path('$.n') - 300)${n} #set($l = $input.path('$.long') + 1)$l":                             "33003000000001",
		"$input.path('$.list').size() $input.path('$.o').containsKey('z')":                                           "2 true",
		"#foreach($e in $input.path('$.list'))$e#if($foreach.hasNext),#end#end":                                      "1,{x=null}",
		"$stageVariables.originheader $context.identity.sourceIp $context.n $context.list[1].a $context.none":        "v 192.0.2.1 5 b $context.none",
		"$util.urlDecode('a+b%26') $util.base64Decode($util.base64Encode('é')) $util.parseJson('{\"a\": [1]}').a[0]": "a b& é 1",
		"$util.escapeJavaScript($input.body.trim().contains(\"it's\"))":                                              "",
	}
	for template, want := range tests {
		parsed, err := Parse(template)
		if err != nil {
			t.Errorf("%q: %v", template, err)
			continue
		}
		got, err := parsed.Render(in)
		if want == "" {
			if err == nil {
				t.Errorf("%q: got %q, want an error", template, got)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%q:\n got %q, %v\nwant %q", template, got, err, want)
		}
	}
}

func TestDoubleText(t *testing.T) {
	zero := 0.0
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", -2.5: "-2.5", 0.001: "0.001", 9999999: "9999999.0", 1e7: "1.0E7", 1.25e-5: "1.25E-5", 1 / zero: "Infinity",
		-1 / zero: "-Infinity",
	} {
		if got := doubleText(f); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := doubleText(zero / zero); got != "NaN" {
		t.Errorf("got %s, want NaN", got)
	}
}
