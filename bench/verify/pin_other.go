//go:build !linux

package main

import "errors"

func pin(string) (func(), error) { return nil, errors.New("processors can be chosen on Linux only") }
