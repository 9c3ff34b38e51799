/* Leaves what a Go program can leave for the next (`plant`), or looks for it (`look`). */
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	home := os.Getenv("HOME")
	if home == "" {
		home = "/work"
	}
	files := []string{
		"/work/go.mod", "/work/go.work", "/work/planted.go", "/work/vendor/planted/planted.go",
		"/go.mod", "/tmp/go.mod", "/tmp/go-build/planted", "/dev/shm/planted",
		home + "/.cache/go-build/00/planted", home + "/.config/go/env",
		home + "/go/pkg/mod/planted/planted.go", home + "/go/bin/planted",
	}
	for _, name := range []string{"GOCACHE", "GOPATH", "GOMODCACHE", "GOTMPDIR", "GOROOT"} {
		if folder := os.Getenv(name); folder != "" {
			files = append(files, folder+"/planted")
		}
	}
	if slices.Contains(os.Args, "plant") {
		for _, each := range files {
			os.MkdirAll(filepath.Dir(each), 0o755)
			os.WriteFile(each, []byte("planted"), 0o644)
		}
		fmt.Println("planted")
	}
	if slices.Contains(os.Args, "look") {
		for _, each := range files {
			if _, err := os.Stat(each); err == nil {
				fmt.Println(each)
			}
		}
	}
}
