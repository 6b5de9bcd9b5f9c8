package verify

import "slices"

// Requirement is what a request needs of a token's scopes. The zero value is never met.
type Requirement struct {
	scopes []string
	any    bool
}

// AllScopes needs every one of the scopes. Without scopes it is never met: a list that came out empty by mistake must not open anything.
func AllScopes(scopes ...string) Requirement { return Requirement{scopes: slices.Clone(scopes)} }

// AnyScope needs at least one of the scopes.
func AnyScope(scopes ...string) Requirement {
	return Requirement{scopes: slices.Clone(scopes), any: true}
}

func (r Requirement) met(has []string) bool {
	if len(r.scopes) == 0 {
		return false
	}
	for _, scope := range r.scopes {
		if slices.Contains(has, scope) == r.any {
			return r.any
		}
	}
	return !r.any
}

func unmet(required []Requirement, has []string) *Error {
	for _, r := range required {
		if !r.met(has) {
			e := refuse(ErrScope, "the token lacks a scope that is required here")
			e.Required = slices.Clone(r.scopes)
			return e
		}
	}
	return nil
}
