/* Change a file of the system or of its language's toolchain, which other runs share.

Happens: all of it is read-only; only its own folders can be written to.
Answer: []
*/
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	own := map[string]bool{"/work": true, "/tmp": true, "/dev/shm": true, "/proc": true}
	writable := []string{}
	filepath.WalkDir("/", func(place string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil
		}
		if own[place] {
			return fs.SkipDir
		}
		if os.Mkdir(filepath.Join(place, "made"), 0o755) == nil {
			writable = append(writable, place)
		}
		return nil
	})
	fmt.Println(writable)
}
