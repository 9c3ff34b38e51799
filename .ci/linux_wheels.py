"""Makes wheels for Linux of the wheel for all systems; they differ in their extras alone.

    python .ci/linux_wheels.py dist/daytona_validate-0.1.0-py3-none-any.whl

No marker of a dependency tells the C library, but the tags of a wheel do, and installers take the
wheel with the narrowest. So musl and an old glibc get extras without what has no wheels there: the
tool then says so in one sentence when it is used, where pip would end in an error about others'
packages. The wheel for all systems keeps all of them, as tools that lock versions read one wheel of
a release for all.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

WHEEL = (sys.executable, "-m", "wheel")
MACHINES = ("x86_64", "aarch64")
HAS_WHEELS = {"musllinux_1_1": False, "manylinux_2_17": False, "manylinux_2_28": True}
"""Whether what the extras need has wheels for a platform; each begins where the one before ends."""
NEEDS_WHEELS = re.compile(r"^Requires-Dist: .*sys_platform == 'linux'.*\n", re.MULTILINE)


def write(source: Path, platform: str) -> None:
    """Write the wheel for a platform beside the source, a wheel for all systems."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run((*WHEEL, "unpack", "-d", folder, source), check=True)
        (unpacked,) = Path(folder).iterdir()
        (info,) = unpacked.glob("*.dist-info")
        tags = "".join(f"Tag: py3-none-{platform}_{each}\n" for each in MACHINES)
        described = (info / "WHEEL").read_text("utf-8")
        (info / "WHEEL").write_text(described.replace("Tag: py3-none-any\n", tags), "utf-8")
        if not HAS_WHEELS[platform]:
            head, end, page = (info / "METADATA").read_text("utf-8").partition("\n\n")
            left, found = NEEDS_WHEELS.subn("", f"{head}\n")
            if not found:
                raise ValueError(f"{source} has no extras to leave out; build it where wheels are")
            (info / "METADATA").write_text(left.rstrip("\n") + end + page, "utf-8")
        subprocess.run((*WHEEL, "pack", "-d", source.parent, unpacked), check=True)


def main() -> None:
    """Write all of them."""
    for platform in HAS_WHEELS:
        write(Path(sys.argv[1]), platform)


if __name__ == "__main__":
    main()
