package main

import (
	"fmt"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// pin has what is started until release run on one processor.
func pin(core string) (release func(), err error) {
	number, err := strconv.Atoi(core)
	if err != nil {
		return nil, fmt.Errorf("-core %q: want one number", core)
	}
	runtime.LockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return nil, err
	}
	one.Set(number)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return nil, fmt.Errorf("-core %s: %w", core, err)
	}
	return func() {
		if unix.SchedSetaffinity(0, &before) == nil {
			runtime.UnlockOSThread() // otherwise the thread ends with its goroutine
		}
	}, nil
}
