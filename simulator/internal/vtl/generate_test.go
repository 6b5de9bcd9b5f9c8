package vtl

import (
	"math/rand/v2"
	"strings"
)

// generator makes random templates, the same for the same seed.
type generator struct{ random *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 0))} }

func (g generator) pick(choices ...string) string { return choices[g.random.IntN(len(choices))] }

// template is made of the subset's constructs.
func (g generator) template() string {
	var b strings.Builder
	for range 1 + g.random.IntN(4) {
		b.WriteString(g.statement(3))
	}
	return b.String()
}

func (g generator) statement(depth int) string {
	if depth == 0 {
		return g.plain()
	}
	switch g.random.IntN(7) {
	case 0:
		return g.blank() + "#set($" + g.variable() + " = " + g.expression(depth) + ")" + g.end()
	case 1:
		s := "#if(" + g.expression(depth) + ")" + g.end() + g.statement(depth-1)
		if g.random.IntN(2) == 0 {
			s += "#elseif(" + g.expression(depth) + ")" + g.statement(depth-1)
		}
		if g.random.IntN(2) == 0 {
			s += g.pick("#else", "#{else}") + g.pick(" ", "\n", "  \n") + g.statement(depth-1)
		}
		return s + g.pick("#end", "#{end}") + g.end()
	case 2:
		return "#foreach($i in " + g.pick("$list", "$map", "$map.list", "[1, $n, 'x']", "$u") + ")" + g.end() + "$i,$foreach.count " + g.plain() +
			"#end" + g.end()
	case 3:
		return g.pick("## comment\n", "#* comment *#")
	}
	return g.plain() + g.statement(depth-1)
}

func (g generator) plain() string {
	switch g.random.IntN(3) {
	case 0:
		return g.reference() + g.pick("", " ", "\n", ",", `"`, "}", ".", ")")
	case 1:
		return g.pick(`{"a":`, `"`, "abc", " b ", "$5 ", "# ", "#x ", "\n", "&a=")
	}
	return "${" + g.reference()[1:] + "}"
}

func (g generator) blank() string { return g.pick("", "", " ", "\t ", "\n", "\n  ") }
func (g generator) end() string   { return g.pick("", "", " ", "\n", "  \n", "\r\n") }

func (g generator) variable() string { return g.pick("x", "y", "n", "s") }

func (g generator) reference() string {
	return "$" + g.pick("x", "y", "u", "s", "empty", "n", "zero", "neg", "big", "d", "t", "f", "list", "map", "map.a", "map.b", "map.c-d",
		"map.c-d.x",
		"map.list[0]", "map.u.v", "map.get('b')", `map["a"]`, "list[1]", "list[-1]", "list.size()", "s.length()", "u.a('b')", "map.none",
		"input.params('scope')", "input.path('$').expires_in", "util.urlEncode($s)", "stageVariables.one", "context.stage")
}

func (g generator) expression(depth int) string {
	if depth == 0 {
		return g.simple()
	}
	switch g.random.IntN(6) {
	case 0:
		return g.simple()
	case 1:
		return g.pick("!", "! ", "not ") + "(" + g.expression(depth-1) + ")"
	case 2:
		return "(" + g.blank() + g.expression(depth-1) + g.blank() + ")"
	}
	return g.expression(depth-1) + " " + g.pick("+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "and", "or", "eq",
		"lt") + " " +
		g.expression(depth-1)
}

func (g generator) simple() string {
	switch g.random.IntN(4) {
	case 0:
		return g.pick("1", "-3", "0", "7", "2.5", "100000", "3000000000", "true", "false", "1e3")
	case 1:
		return g.pick("'a'", `"a"`, `""`, `"b${s}c"`, `"$u"`, `'$s'`, `"$n "`, `"#if($t)x#end"`, `"1"`, "[1, $s]", "[]", `{"k":$n}`, "{}")
	}
	return g.reference()
}

// soup joins fragments with no regard to syntax, in search of text that Velocity reads in another way.
func (g generator) soup() string {
	var b strings.Builder
	for range 1 + g.random.IntN(8) {
		b.WriteString(g.pick("$", "$s", "$u", "${s}", "$!u", "$!{s}", "$map", ".b", ".a", ".get(", "'b'", ")", "(", "[", "]", "{", "}", "0", "1",
			"-1", "e1",
			" ", "\n", "\t", "\r\n", ".", ",", ":", `"`, "'", "!", "!=", "=", "abc", "true", "end", "#", "#set($x = 1)", " #set($x=$s)", "#if($t)",
			"#if($u)", "#else",
			"#{else}", "#end", "#{end}", "#foreach($i in $list)", "$x", "$i", "##", "#*", "*#", `\`, "#word", "_", "-", "+", "é", "@", "$map.a",
			"$s.length()",
			"$list[0]", "#{", "#[", "#elseif($s)", "$foreach.count", "$map.list[1]"))
	}
	return b.String()
}
