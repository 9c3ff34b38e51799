/* Take 1 GiB of memory that the language does not count, under a limit of 256 MiB.

Happens: it is ended for its memory.
Ends: memory_limit
*/
package main

import "syscall"

func main() {
	kind := syscall.MAP_ANON | syscall.MAP_SHARED
	held, err := syscall.Mmap(-1, 0, 1<<30, syscall.PROT_READ|syscall.PROT_WRITE, kind)
	if err != nil {
		panic(err)
	}
	for at := 0; at < len(held); at += 4096 {
		held[at] = 1
	}
	select {}
}
