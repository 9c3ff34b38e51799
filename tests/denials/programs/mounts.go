/* Mount, unmount, or have another root (`mount`, `pivot_root`, `chroot`, `open_tree`, `fsopen`).

Happens: EPERM for each.
Answer: map[]
*/
package main

import (
	"fmt"
	"syscall"
)

func main() {
	results := map[string]error{
		"mount":      syscall.Mount("none", "/tmp", "tmpfs", 0, ""),
		"umount":     syscall.Unmount("/proc", 2),
		"pivot_root": syscall.PivotRoot("/", "/tmp"),
		"chroot":     syscall.Chroot("/tmp"),
		"unshare":    syscall.Unshare(syscall.CLONE_NEWUSER),
	}
	for call, err := range results {
		if err == syscall.EPERM {
			delete(results, call)
		}
	}
	fmt.Println(results)
}
