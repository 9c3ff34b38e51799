/* Read files of the host: users and passwords, home folders, logs, devices, the kernel's settings.

Happens: none of them is there.
Answer: []
*/
package main

import (
	"fmt"
	"os"
)

func isThere(place string) bool {
	if within, err := os.ReadDir(place); err == nil {
		return len(within) > 0
	}
	opened, err := os.Open(place)
	if err != nil {
		return false
	}
	read, _ := opened.Read(make([]byte, 1))
	return read > 0
}

func main() {
	found := []string{}
	for _, place := range []string{
		"/etc/shadow", "/etc/ssh", "/root", "/home", "/var/log", "/var/lib", "/sys", "/boot",
		"/mnt", "/media", "/srv", "/run/systemd", "/run/docker.sock", "/dev/mem", "/dev/kmsg",
		"/dev/sda", "/dev/vda", "/proc/1/root/root", "/proc/1/cwd/root",
	} {
		if isThere(place) {
			found = append(found, place)
		}
	}
	fmt.Println(found)
}
