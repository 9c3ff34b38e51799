"""Nothing that a snippet plants is there for the next in the same sandbox.

Each attack is made once more with what cleans up left out: then it is found.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from plants_for_next_use import PLANTS, Plant
from used_container import IS_POSSIBLE, PYTHON, WHY_NOT, Container, said, used_container

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not IS_POSSIBLE, reason=WHY_NOT)]

IN_A_SESSION = """
import ctypes, os, sys
number = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
libc = ctypes.CDLL(None)
assert libc.syscall(number, 1, sys.argv[1].encode()) > 0  # joins it, or makes it
assert libc.syscall(number, 5, -3, 0x3F3F0000) == 0  # so that its owner finds it by name
os.execvp(sys.argv[2], sys.argv[2:])
"""

MORE_FILES = {
    *("hidden and strange names", "a path longer than a path may be", "ten thousand files"),
    *("pipes, sockets and links", "what shells, git, npm and go begin with"),
    *("the work folder's mode, attributes and times", "a disk as full as it may be"),
}
"""Left to the thorough tests: other plants of files are looked for each time."""

each_plant = pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)


@pytest.fixture
def container() -> Iterator[Container]:
    """One whose programs have, as in containers, a keyring of their session."""
    with used_container() as made:
        made.session = (PYTHON, "-c", IN_A_SESSION, f"daytona-validate-{secrets.token_hex(8)}")
        made.execute("sleep infinity </dev/null >/dev/null 2>&1 &")  # as the daemon, who is in it
        yield made


@pytest.mark.parametrize(
    "plant",
    [
        pytest.param(plant, id=name, marks=[pytest.mark.thorough] if name in MORE_FILES else [])
        for name, plant in PLANTS.items()
    ],
)
def test_what_was_planted_is_not_there_in_the_next_use(container: Container, plant: Plant) -> None:
    container.execute("echo kept >/root/kept; echo kept >/tmp/kept; mkdir /tmp/.X11-unix")
    assert said(container.python(1, plant.looking)).split() == []
    assert said(container.python(2, plant.planting)) == ""
    assert said(container.python(3, plant.looking)).split() == []
    kept = container.execute(
        "cat /root/kept /tmp/kept; ls -d /tmp/.X11-unix; find / -xdev -uid 64101"
    )
    assert kept.split() == ["kept", "kept", "/tmp/.X11-unix"]


@pytest.mark.thorough
@each_plant
def test_it_would_be_if_nobody_cleaned_up(container: Container, plant: Plant) -> None:
    said(container.python(1, plant.planting))
    container.without = plant.without
    assert said(container.python(2, plant.looking)).strip()
