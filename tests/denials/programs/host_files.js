/* Read files of the host: users and passwords, home folders, logs, devices, the kernel's settings.

Happens: none of them is there.
Answer: []
*/
const fs = require("node:fs");

const places = [
  "/etc/shadow", "/etc/ssh", "/root", "/home", "/var/log", "/var/lib", "/sys", "/boot", "/mnt",
  "/media", "/srv", "/run/systemd", "/run/docker.sock", "/dev/mem", "/dev/kmsg", "/dev/sda",
  "/dev/vda", "/proc/1/root/root", "/proc/1/cwd/root",
];
const is_there = (place) => {
  try {
    return fs.statSync(place).isDirectory() ? fs.readdirSync(place).length : fs.readFileSync(place).length;
  } catch {
    return false;
  }
};
console.log(JSON.stringify(places.filter(is_there)));
