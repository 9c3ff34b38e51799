/* Start 10,000 threads that all wait, where a program may have 256 threads and processes.

Happens: no more can be started; a runtime that cannot go on without is ended (`process_limit`).
Ends: process_limit
*/
package main

import (
	"runtime"
	"sync"
)

func main() {
	var started sync.WaitGroup
	for at := 0; at < 10_000; at++ {
		started.Add(1)
		go func() {
			runtime.LockOSThread()
			started.Done()
			select {}
		}()
	}
	started.Wait()
	println("started")
}
