// Command leakscan looks for secret values in files and folders, such as synthesized templates, snapshots and the logs of tests:
//
//	go run ./internal/testkit/leakscan cdk.out testdata test.log
//
// It prints where, never what, and exits with status 1 if there is any. What it takes for a secret is in scan.go.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	files, found, err := scanAll(os.Args[1:])
	for _, f := range found {
		fmt.Fprintln(os.Stderr, f)
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "leakscan:", err)
		os.Exit(2)
	case files == 0:
		fmt.Fprintln(os.Stderr, "leakscan: no files: name files or folders")
		os.Exit(2)
	case len(found) > 0:
		fmt.Fprintf(os.Stderr, "leakscan: %d findings in %d files\n", len(found), files)
		os.Exit(1)
	}
	fmt.Printf("no secret value in %d files\n", files)
}

// scanAll scans files, and all text files of folders. Functions' binaries and archives are not text.
func scanAll(paths []string) (files int, found []finding, err error) {
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil || !isText(content) {
				return err
			}
			files++
			found = append(found, scan(path, content)...)
			return nil
		})
		if err != nil {
			return files, found, err
		}
	}
	return files, found, nil
}
