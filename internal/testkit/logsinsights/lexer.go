package logsinsights

import (
	"fmt"
	"regexp"
	"strings"
)

type token struct {
	kind  string // name, number, text, regexp, or the symbol itself; "" at the end
	value string
}

var (
	names   = regexp.MustCompile(`^@?[A-Za-z_]\w*(\.\w+)*`)
	quoted  = regexp.MustCompile("^`([^`]+)`")
	numbers = regexp.MustCompile(`^\d+(\.\d+)?([a-z]+)?`)
	texts   = regexp.MustCompile(`^"([^"\\]*)"`)
	regexps = regexp.MustCompile(`^/((?:[^/\\]|\\.)+)/`)
	symbols = []string{"!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ",", "|", "+", "-", "*", "/"}
)

// tokens reads a query. A regular expression can only come after like.
func tokens(query string) ([]token, error) {
	var all []token
	for rest := strings.TrimSpace(query); rest != ""; rest = strings.TrimSpace(rest) {
		afterLike := len(all) > 0 && all[len(all)-1] == token{"name", "like"}
		var t token
		var length int
		switch {
		case afterLike && regexps.MatchString(rest):
			m := regexps.FindStringSubmatch(rest)
			t, length = token{"regexp", m[1]}, len(m[0])
		case names.MatchString(rest):
			m := names.FindString(rest)
			t, length = token{"name", m}, len(m)
		case quoted.MatchString(rest):
			m := quoted.FindStringSubmatch(rest)
			t, length = token{"quoted name", m[1]}, len(m[0])
		case numbers.MatchString(rest):
			m := numbers.FindString(rest)
			t, length = token{"number", m}, len(m)
		case texts.MatchString(rest):
			m := texts.FindStringSubmatch(rest)
			t, length = token{"text", m[1]}, len(m[0])
		default:
			for _, symbol := range symbols {
				if strings.HasPrefix(rest, symbol) {
					t, length = token{symbol, symbol}, len(symbol)
					break
				}
			}
		}
		if length == 0 {
			return nil, fmt.Errorf("%.40q is nothing that is known", rest)
		}
		all, rest = append(all, t), rest[length:]
	}
	return all, nil
}
