"""What is copied of an interpreter that reports certain facts, and where it is bound."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._runtime.worker_thread import Stopped, StopSign
from daytona_validate._toolchains import node as node_toolchain
from daytona_validate._toolchains import python as interpreter
from daytona_validate._toolchains.build import copy_all
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import Copy, Host

HOST = Host(
    environment={"LD_LIBRARY_PATH": "/opt/lib", "SECRET": "x"},
    executable="/opt/py/bin/python3.11",
    version="3.11.7 (main)",
    library_folders=("/usr/lib/x86_64-linux-gnu",),
)


def _facts(prefix: str, executable: str, *mapped: str) -> dict[str, object]:
    stdlib = f"{prefix}/lib/python3.11"
    return {
        "version": HOST.version,
        "prefix": prefix,
        "exec_prefix": prefix,
        "libpython": {},
        "executable": executable,
        "stdlib": stdlib,
        "platstdlib": stdlib,
        "cache_tag": "cpython-311",
        "tcl": [],
        "wheels": [],
        "mapped_files": [f"{stdlib}/lib-dynload/_ssl.so", *mapped],
    }


def test_a_prefix_of_its_own_is_bound_at_once() -> None:
    facts = _facts("/opt/py", HOST.executable, "/usr/lib/x86_64-linux-gnu/libc.so.6")
    plan = interpreter.plan_of_facts(HOST, HOST.executable, facts, "program")
    assert plan.binds == ("/opt/py", "/opt/python-snippet")
    assert plan.version == "3.11.7"
    assert ("/opt/py/bin/python3.11", "/usr/local/bin/python3") in plan.links
    assert ("/opt/py/bin/python3.11", "/usr/local/bin/python") in plan.links
    assert plan.environments == ({},)
    assert plan.expected["executable"] == HOST.executable
    assert "mapped_files" not in plan.expected


def test_a_prefix_in_a_home_folder_is_bound_elsewhere_or_where_it_is(tmp_path: Path) -> None:
    prefix = f"{os.path.realpath(tmp_path)}/.pyenv/versions/3.11.7"
    executable = Path(prefix, "bin/python3.11")
    executable.parent.mkdir(parents=True)
    executable.write_text(f"runs with {prefix}/lib")
    library = Path(prefix, "lib/libpython3.11.so.1.0")
    library.parent.mkdir()
    library.write_text(f"made for {prefix}")
    facts = _facts(prefix, str(executable), str(library)) | {"libpython": {str(library): "x"}}
    plan = interpreter.plan_of_facts(HOST, str(executable), facts, "program")
    assert plan.binds == ("/opt/py/3.11.7", "/opt/python-snippet")
    assert Copy(str(executable), "/opt/py/3.11.7/bin/python3.11") in plan.copies
    assert plan.expected["stdlib"] == "/opt/py/3.11.7/lib/python3.11"
    assert plan.libraries == ("/opt/py/3.11.7/lib/libpython3.11.so.1.0",)
    assert "".join(plan.compile_argv).count(f"{{root}}{prefix}") == 0
    assert plan.moved is not None
    changed = plan.moved.content("python3.11", executable.read_bytes())
    assert plan.expected["executable_sha256"] == hashlib.sha256(changed).hexdigest()
    assert plan.otherwise is None  # every jail has a /tmp of its own


def test_of_the_system_only_single_files_and_folders_are_bound() -> None:
    facts = _facts("/usr", "/usr/bin/python3.11")
    plan = interpreter.plan_of_facts(HOST, "/usr/bin/python3.11", facts, "program")
    # /usr/bin holds the jail's own commands, which cannot be added to.
    assert plan.binds == (
        "/usr/local/bin/python3.11",
        "/usr/lib/python3.11",
        "/usr/lib/python3.11/sitecustomize.py",
        "/opt/python-snippet",
    )
    assert plan.expected["executable"] == "/usr/local/bin/python3.11"


def test_libraries_that_no_jail_has_are_copied_under_all_their_names(tmp_path: Path) -> None:
    library = Path(os.path.realpath(tmp_path)) / "libfoo.so.1.2"
    library.write_bytes(b"")
    (tmp_path / "libfoo.so.1").symlink_to("libfoo.so.1.2")
    (tmp_path / "libbar.so.1").symlink_to("elsewhere")
    facts = _facts("/usr/local", "/usr/local/bin/python3.11", str(library))
    plan = interpreter.plan_of_facts(HOST, "/usr/local/bin/python3.11", facts, "program")
    assert plan.copies[-1] == Copy(str(library), str(library), aliases=("libfoo.so.1",))
    assert str(library) in plan.binds
    assert ("libfoo.so.1.2", str(library.with_name("libfoo.so.1"))) in plan.links
    assert plan.libraries == (str(library),)
    assert plan.environments == ({}, {"LD_LIBRARY_PATH": str(library.parent)})


def test_a_library_that_jails_have_no_copy_of_gets_a_place_elsewhere() -> None:
    """Nothing can be added to the folder of libraries that every jail has."""
    left_out = "/usr/lib/x86_64-linux-gnu/libnode.so.108"
    host = dataclasses.replace(HOST, left_out=(left_out,))
    facts: dict[str, object] = {
        "version": "v18.1.0",
        "executable": "/usr/bin/node",
        "mapped_files": [left_out, "/usr/lib/x86_64-linux-gnu/libc.so.6"],
        "externals": [],
    }
    plan = node_toolchain.plan_of_facts(host, "/usr/bin/node", facts, "program")
    assert Copy(left_out, "/opt/libraries/libnode.so.108") in plan.copies
    assert plan.libraries == ("/opt/libraries/libnode.so.108",)
    assert plan.environments[-1]["LD_LIBRARY_PATH"] == "/opt/libraries"


def test_an_interpreter_that_is_not_the_running_one_is_refused() -> None:
    facts = _facts("/opt/py", HOST.executable) | {"version": "3.11.2 (main)"}
    with pytest.raises(ToolchainMissing, match=r"is Python 3\.11\.2 .* not the running 3\.11\.7"):
        interpreter.plan_of_facts(HOST, HOST.executable, facts, "program")


@pytest.mark.parametrize("prefix", ["/work", "/work/py", "/tmp/py", "/proc/py"])
def test_a_prefix_that_every_jail_hides_is_refused(prefix: str) -> None:
    facts = _facts(prefix, f"{prefix}/bin/python3.11")
    with pytest.raises(ToolchainMissing, match="folder of its own"):
        interpreter.plan_of_facts(HOST, f"{prefix}/bin/python3.11", facts, "program")


def test_of_the_callers_environment_programs_get_the_library_path_alone() -> None:
    assert HOST.library_path == {"LD_LIBRARY_PATH": "/opt/lib"}
    assert dataclasses.replace(HOST, environment={"A": "b"}).library_path == {}


def test_node_has_one_path_in_every_jail(tmp_path: Path) -> None:
    external = tmp_path / "undici.js"
    external.write_text("")
    facts: dict[str, object] = {
        "version": "v24.1.0",
        "executable": "/home/someone/node",
        "mapped_files": ["/usr/lib/x86_64-linux-gnu/libc.so.6"],
        "externals": [str(external), "/usr/share/nodejs/not-there.js"],
    }
    plan = node_toolchain.plan_of_facts(HOST, "/home/someone/node", facts, "program")
    assert plan.version == "24.1.0"
    assert plan.binds == ("/opt/node/bin/node", str(external), "/opt/node-snippet")
    assert plan.links == (("/opt/node/bin/node", "/usr/local/bin/node"),)
    assert plan.expected["executable"] == "/opt/node/bin/node"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder like a standard library, with what must not be copied."""
    folder = tmp_path / "lib"
    for name in (
        "os.py",
        "__pycache__/os.cpython-311.pyc",
        "__pycache__/os.cpython-311.opt-1.pyc",
        "__pycache__/os.cpython-310.pyc",
        "json/decoder.py",
        "json/tests/test_decoder.py",
        "site-packages/numpy/__init__.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
        os.utime(folder / name, (1_000_000, 1_000_000))
    (folder / "linked.py").symlink_to("os.py")
    (folder / "dangling.py").symlink_to("nowhere")
    return folder


def test_a_tree_is_copied_with_its_times_and_without_what_is_left_out(
    library: Path, tmp_path: Path
) -> None:
    left_out = frozenset({"site-packages", "tests"})
    rules = Copy(str(library), "/opt/lib", leaves_out=left_out, cache_tag="cpython-311")
    copy_all([rules], tmp_path / "cache", StopSign())
    copied = mirrored(tmp_path / "cache", "/opt/lib")
    files = {path for path in copied.rglob("*") if path.is_file()}
    assert {str(path.relative_to(copied)) for path in files} == {
        "os.py",
        "linked.py",
        "__pycache__/os.cpython-311.pyc",
        "json/decoder.py",
    }
    assert not any(path.is_symlink() for path in files)
    assert {path.stat().st_mtime for path in files} == {1_000_000}


def test_a_file_is_copied_with_its_aliases(library: Path, tmp_path: Path) -> None:
    copy = Copy(str(library / "os.py"), "/opt/x/libx.so.1.2", aliases=("libx.so.1",))
    copy_all([copy], tmp_path / "cache", StopSign())
    alias = mirrored(tmp_path / "cache", "/opt/x/libx.so.1")
    assert alias.is_symlink()
    assert alias.read_text() == "os.py"


def test_a_later_copy_takes_the_place_of_a_file_that_nobody_may_write(
    library: Path, tmp_path: Path
) -> None:
    """Ours of `sitecustomize.py`, where a store's own is read-only; root could write over it."""
    folder = tmp_path / "cache"
    ours = tmp_path / "ours.py"
    ours.write_text("ours")
    copy_all([Copy(str(library), "/opt/lib")], folder, StopSign())
    copied = mirrored(folder, "/opt/lib/os.py")
    copied.chmod(0o444)
    (tmp_path / "same").hardlink_to(copied)
    copy_all([Copy(str(ours), "/opt/lib/os.py")], folder, StopSign())
    assert (copied.read_text(), (tmp_path / "same").read_text()) == ("ours", "os.py")


def test_copying_stops_between_two_files(library: Path, tmp_path: Path) -> None:
    sign = StopSign()
    sign.show()
    with pytest.raises(Stopped):
        copy_all([Copy(str(library), "/opt/lib")], tmp_path / "cache", sign)
