package config

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parse returns the one YAML document of a file, or nil after having reported why there is none.
func parse(content []byte, file *place, problems *Problems) ast.Node {
	if i := invalidUTF8(content); i >= 0 {
		problems.at(file.on(1+bytes.Count(content[:i], []byte("\n"))), "byte %#x is not UTF-8: save the file in UTF-8", content[i])
		return nil
	}
	// A byte order mark may stand before a document (YAML 1.2.2 section 5.2); the parser would take it for a part of the first key.
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	// The parser stops at the first duplicate key; readSection reports all of them.
	parsed, err := parseBytes(content)
	if err != nil {
		line, message := 1, err.Error()
		var positioned yaml.Error
		if errors.As(err, &positioned) {
			message = positioned.GetMessage()
			if t := positioned.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		problems.at(file.on(line), "is not YAML: %s", message)
		return nil
	}
	if len(parsed.Docs) > 1 {
		line := 1
		if start := parsed.Docs[1].Start; start != nil {
			line = start.Position.Line
		} else if body := parsed.Docs[1].Body; body != nil {
			line = lineOf(body)
		}
		problems.at(file.on(line), "a second YAML document or a directive: use one document a file")
		return nil
	}
	if len(parsed.Docs) == 0 || isComment(parsed.Docs[0].Body) {
		problems.at(file.on(1), "is empty: it must hold a mapping")
		return nil
	}
	return parsed.Docs[0].Body
}

// parseBytes turns a panic of the parser, which is not ours to fix, into an error.
func parseBytes(content []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser failed on it: %v", r)
		}
	}()
	return parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
}

func invalidUTF8(content []byte) int {
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func isComment(n ast.Node) bool {
	if n == nil {
		return true
	}
	_, ok := n.(*ast.CommentGroupNode)
	return ok
}

// lineOf returns the line on which a node starts. The token of a block mapping is its first colon, so its first key stands for it.
func lineOf(n ast.Node) int {
	if n == nil {
		return 1
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}
