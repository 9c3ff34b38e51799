/* End its own sandbox by a signal to pid 1, so that it seems to have ended in another way.

Happens: nothing.
Answer: still here
*/
package main

import (
	"fmt"
	"os/exec"
	"syscall"
)

func main() {
	for number := syscall.Signal(1); number < 65; number++ {
		if number != syscall.SIGKILL && number != syscall.SIGSTOP && number != syscall.SIGCHLD {
			syscall.Kill(1, number)
		}
	}
	exec.Command("sleep", "0").Run()
	fmt.Println("still here")
}
