// Package internal has a type that no other module can name.
package internal

// Type is that type.
type Type struct{}

// Do uses it.
func (Type) Do(Type) {}
