package main

import (
	"bytes"
	"runtime/debug"
	"testing"
)

func TestVersion_namesModuleRevisionAndGo(t *testing.T) {
	setting := func(key, value string) debug.BuildSetting { return debug.BuildSetting{Key: key, Value: value} }
	released := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v0.1.0"}}
	changed := *released
	changed.Main.Version = "(devel)"
	changed.Settings = []debug.BuildSetting{setting("vcs", "git"), setting("vcs.revision", "0123abc"), setting("vcs.modified", "true")}
	clean := changed
	clean.Settings = []debug.BuildSetting{setting("vcs.revision", "0123abc"), setting("vcs.modified", "false")}
	for want, info := range map[string]*debug.BuildInfo{
		"m2m v0.1.0, go1.26.8\n":                                         released,
		"m2m (devel), revision 0123abc, modified, go1.26.8\n":            &changed,
		"m2m (devel), revision 0123abc, go1.26.8\n":                      &clean,
		"m2m: built without module support, so its version is unknown\n": nil,
	} {
		var stdout, stderr bytes.Buffer
		command := newVersionCommand(func() (*debug.BuildInfo, bool) { return info, info != nil })
		if status := execute(t.Context(), command, nil, &stdout, &stderr); status != statusOK || stdout.String() != want || stderr.Len() > 0 {
			t.Errorf("status %d, got %q %q, want %q", status, stdout.String(), stderr.String(), want)
		}
	}
}
