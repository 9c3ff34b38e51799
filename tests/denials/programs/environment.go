/* See variables of who validates, such as keys: in its own environment or that of another process.

Happens: it has none of them.
Answer: []
*/
package main

import (
	"fmt"
	"os"
)

func main() {
	found := []string{}
	if _, is_there := os.LookupEnv("DENIAL_CANARY"); is_there {
		found = append(found, "DENIAL_CANARY")
	}
	fmt.Println(found)
}
