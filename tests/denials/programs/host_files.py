"""Read files of the host: users and passwords, home folders, logs, devices, the kernel's settings.

Happens: none of them is there.
Answer: []
"""

import sys
from pathlib import Path

PLACES = (
    *("/etc/shadow", "/etc/ssh", "/root", "/home", "/var/log", "/var/lib", "/sys", "/boot"),
    *("/mnt", "/media", "/srv", "/run/systemd", "/run/docker.sock", "/var/run/docker.sock"),
    *("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/proc/1/root/root", "/proc/1/cwd/root"),
)


OWN = {place.name for place in (Path(sys.base_prefix), *Path(sys.base_prefix).parents)}
"""What leads to its own interpreter, wherever that stands."""


def is_there(place: Path) -> bool:
    try:
        if place.is_dir():
            return any(each.name not in OWN for each in place.iterdir())
        return bool(place.open("rb").read(1))
    except OSError:
        return False


print([place for place in PLACES if is_there(Path(place))])
