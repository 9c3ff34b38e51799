/* Fill the disk: 1 GiB of files in every folder that it may write to.

Happens: there is room for `disk_mib`, and it is ended for its disk or its memory.
Ends: disk_limit memory_limit
*/
package main

import "os"

func main() {
	piece := make([]byte, 1<<20)
	for _, folder := range []string{"/work", "/tmp", "/dev/shm"} {
		full, err := os.Create(folder + "/full")
		for at := 0; at < 1024 && err == nil; at++ {
			_, err = full.Write(piece)
		}
		if err != nil {
			panic(err)
		}
	}
}
