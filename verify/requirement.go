package verify

import "slices"

// Requirement specifies the scopes that a token needs for a request. The zero value is never met.
type Requirement struct {
	scopes []string
	any    bool
}

// AllScopes requires all of the scopes. Without scopes it is never met, so that an empty list never grants access.
func AllScopes(scopes ...string) Requirement { return Requirement{scopes: slices.Clone(scopes)} }

// AnyScope requires at least one of the scopes. Without scopes it is never met.
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
