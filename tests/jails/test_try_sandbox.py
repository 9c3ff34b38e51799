"""`tools/try-sandbox` says what the library finds, names the way on, and tells nothing private."""

from __future__ import annotations

import getpass
import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.start_advice import SETTINGS, start_advice
from daytona_validate._models import Limits
from documented import ROOT

pytestmark = pytest.mark.slow

SCRIPT = ROOT / "tools" / "try-sandbox"
PAGE = (ROOT / "docs" / "install.md").read_text()
FIELDS = (
    *("system", "processor", "distribution", "C library", "python3", "container", "user"),
    *("capabilities", "subordinate ids", "processors", "memory", "merged /usr", "user namespaces"),
    *("most of them", "for plain users", "AppArmor forbids", "AppArmor", "/proc in them"),
    *("covered in /proc", "overlay in them", "seccomp", "of this process", "control groups"),
    *("can be made", "user manager", "bubblewrap", "crashes", "way"),
)
REFUSES = "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n"
GRANTS = "#!/bin/sh\nexit 0\n"


def said(script: Path = SCRIPT, commands: Path | None = None) -> dict[str, str]:
    """Run it, and return what stands behind each of its words."""
    before = f"{commands}:" if commands else ""
    ran = subprocess.run(
        ["sh", script],
        env={"PATH": before + os.environ["PATH"], "HOME": str(Path.home())},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stderr == ""
    lines = [(line[:18].strip(), line[19:]) for line in ran.stdout.splitlines()]
    assert lines[-1][0] == "way"
    return dict(lines)


def on_a_machine(folder: Path, settings: dict[str, str], **commands: str) -> dict[str, str]:
    """Run it where the kernel's settings are these, and some commands are others."""
    for name, content in settings.items():
        file = folder / "sys" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{content}\n")
    others = folder / "commands"
    others.mkdir()
    for name, content in commands.items():
        (others / name).write_text(content)
        (others / name).chmod(0o755)
    script = folder / "try-sandbox"
    # Where a container runs these tests, that would be the way.
    script.write_text(
        SCRIPT.read_text()
        .replace("/proc/sys", str(folder / "sys"))
        .replace("kind=$(container)", "kind='none seen'")
    )
    return said(script, others)


@pytest.fixture(scope="module")
def here() -> dict[str, str]:
    """What it says of this machine."""
    return said()


def test_each_field_says_something(here: dict[str, str]) -> None:
    assert tuple(here) == FIELDS
    assert all(here.values())


def test_nothing_private_is_said(here: dict[str, str]) -> None:
    private = {getpass.getuser(), str(Path.home()), str(ROOT), str(os.getuid()), platform.node()}
    words = {word for value in here.values() for word in re.split(r"[\s,;:]+", value)}
    assert words & (private - {"root", "0"}) == set()
    assert [word for word in words if word.startswith("/") and word != "/proc"] == []


@pytest.mark.jail
def test_it_says_what_the_library_finds(here: dict[str, str], jail_runner: JailRunner) -> None:
    assert jail_runner.cache.is_dir()  # it started, and so has proven that it isolates
    assert (here["user namespaces"], here["/proc in them"]) == ("yes", "yes")
    assert here["way"] == "Extras: pip install 'daytona-validate[local]'"
    assert here["can be made"].startswith("yes") == bool(Cgroups.find(Limits()).kinds)


FORBIDDEN = {
    "kernel/apparmor_restrict_unprivileged_userns": "1",
    "user/max_user_namespaces": "0",
    "kernel/unprivileged_userns_clone": "0",
}


def test_every_setting_that_doctor_knows_is_tried_here() -> None:
    assert {name: forbids for name, forbids, *_ in SETTINGS} == {
        name.replace("/", "."): value for name, value in FORBIDDEN.items()
    }


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_setting_that_forbids_is_named(tmp_path: Path, name: str) -> None:
    found = on_a_machine(tmp_path, {name: FORBIDDEN[name]}, unshare=REFUSES, chroot=REFUSES)
    assert found["user namespaces"] == "no: Operation not permitted"
    part, _, setting = found["way"].partition(": ")
    assert f"\n## {part}\n" in PAGE
    assert setting.startswith(name.replace("/", ".") + "=")
    advice = start_advice({name.replace("/", "."): FORBIDDEN[name]})
    assert f"sudo sysctl -w {setting}." in advice


def test_where_nothing_is_seen_that_forbids_it_says_so(tmp_path: Path) -> None:
    found = on_a_machine(tmp_path, {}, unshare=REFUSES, chroot=REFUSES)
    assert found["way"].endswith("by something that is not seen here")


@pytest.mark.parametrize(
    ("libc", "machine", "has_wheels"),
    [
        ("glibc 2.28", "x86_64", True),
        ("glibc 2.41", "aarch64", True),
        ("glibc 2.27", "x86_64", False),
        ("glibc 2.9", "x86_64", False),
        ("", "x86_64", False),  # musl does not know the question
        ("glibc 2.41", "riscv64", False),
    ],
)
def test_the_way_where_there_are_no_wheels(
    tmp_path: Path, libc: str, machine: str, *, has_wheels: bool
) -> None:
    found = on_a_machine(
        tmp_path,
        {},
        getconf=f"#!/bin/sh\necho '{libc}'\n",
        uname=f'#!/bin/sh\n[ "$1" != -m ] && exec /bin/uname "$@"\necho {machine}\n',
        unshare=GRANTS,
        chroot=GRANTS,
    )
    part, _, _ = found["way"].partition(": ")
    assert part == ("Extras" if has_wheels else "Systems")
    assert f"\n## {part}\n" in PAGE


def test_elsewhere_than_on_linux_it_names_the_other_systems(tmp_path: Path) -> None:
    found = on_a_machine(
        tmp_path, {}, uname='#!/bin/sh\n[ "$1" != -s ] && exec /bin/uname "$@"\necho Darwin\n'
    )
    assert f"\n## {found['way']}\n" in PAGE


def test_the_words_of_an_error_alone_are_shown(tmp_path: Path) -> None:
    refuses = "#!/bin/sh\necho 'unshare: /home/ada/x: Permission denied' >&2\nexit 1\n"
    found = on_a_machine(tmp_path, {}, unshare=refuses, chroot=refuses)
    assert found["user namespaces"] == "no: Permission denied"
