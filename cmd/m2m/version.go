package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func newVersionCommand(read func() (*debug.BuildInfo, bool)) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program, and what it was built with",
		Long: `version prints the version of the module, the revision of its source code and the version of Go that built it. A program
built from a checkout has the version (devel) or a pseudo-version.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(command.OutOrStdout(), describeBuild(read()))
			return err
		},
	}
}

// describeBuild is the build information in one line.
func describeBuild(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "m2m: built without module support, so its version is unknown"
	}
	parts := []string{"m2m " + info.Main.Version}
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			parts = append(parts, "revision "+setting.Value)
		case setting.Key == "vcs.modified" && setting.Value == "true":
			parts = append(parts, "modified")
		}
	}
	return strings.Join(append(parts, info.GoVersion), ", ")
}
