// Package api has the internal type in each kind of exported signature, and where no other module sees it.
package api

import "github.com/cognito-m2m/cognito-m2m-cdk/docs/testdata/api/internal"

var Variable map[string][]*internal.Type

var hidden internal.Type

type Alias = internal.Type

type Embedded struct{ part }

type part struct{ internal.Type }

type Field struct {
	F func(<-chan internal.Type)
	f internal.Type
}

type Generic[T any] struct {
	List []Generic[internal.Type]
	self *Generic[T]
}

type Interface interface {
	Do() internal.Type
	undo(internal.Type)
}

type Parameter[T interface{ ~[]internal.Type }] struct{}

func Function(func() [2]internal.Type) {}

func unexported(internal.Type) {}

func Sound(Field, Interface, error) (*Embedded, Generic[string]) { return nil, Generic[string]{} }
