/* Start 10,000 processes that all wait, where a program may have 256.

Happens: no more can be started; some runtimes are then ended (`process_limit`).
Answer: refused
*/
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	for at := 0; at < 10_000; at++ {
		if err := exec.Command("sleep", "60").Start(); err != nil {
			fmt.Println("refused")
			return
		}
	}
	fmt.Println("started")
}
