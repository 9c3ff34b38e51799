"""Facts that tell one Python interpreter from another, as one line of JSON on stdout.

This file is run as a program, by the host's interpreter and by its copy in a jail; that both
print the same proves the copy. It therefore imports nothing of this package.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import importlib.util
import json
import os
import re
import sys
import sysconfig

TEST_PREFIXES = ("_test", "xx", "_xx", "_ctypes_test")


def digest(path: str) -> str:
    """Return the SHA-256 of a file."""
    with open(path, "rb") as file:  # noqa: PTH123 - imports as little as it can
        return hashlib.file_digest(file, "sha256").hexdigest()


def extension_modules() -> dict[str, str]:
    """Import every module of the lib-dynload folders; return `ok` or the error of each."""
    found: dict[str, str] = {}
    for folder in sys.path:
        if folder.endswith("lib-dynload") and os.path.isdir(folder):  # noqa: PTH112 - as above
            for name in sorted(map(module_name, os.listdir(folder))):  # noqa: PTH208 - as above
                if name and not name.startswith(TEST_PREFIXES):
                    found[name] = import_result(name)
    return found


def module_name(file_name: str) -> str:
    """Return the module that a file of lib-dynload holds, or the empty string."""
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        if file_name.endswith(suffix):
            return file_name[: -len(suffix)]
    return ""


def import_result(name: str) -> str:
    """Import a module; a failure is a fact like any other, as long as it is the same twice."""
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever it is, the copy must do the same
        return type(error).__name__
    return "ok"


def mapped_files() -> list[str]:
    """Return the files that are mapped as code or data, without those on no disk."""
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:  # noqa: PTH123
        paths = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if line.count("/") > 1}
    return sorted(path for path in paths if path.startswith("/") and ".so" in path)


def tcl_folders() -> list[str]:
    """Return the folders without which `tkinter` does nothing; they belong to no interpreter."""
    try:
        library = str(importlib.import_module("tkinter").Tcl().eval("info library"))
        around = os.path.dirname(library)  # noqa: PTH120 - imports as little as it can
        names = [each for each in os.listdir(around) if re.match(r"t(cl|k)\d", each)]  # noqa: PTH208
    except Exception:  # noqa: BLE001 - it is not there, or does not work here either
        return []
    return sorted(f"{around}/{each}" for each in names)


def wheel_folders() -> list[str]:
    """Return where `ensurepip` finds pip if that is outside of the library, as Debian has it."""
    folder = sysconfig.get_config_var("WHEEL_PKG_DIR")
    is_there = isinstance(folder, str) and os.path.isdir(folder)  # noqa: PTH112 - as above
    return [os.path.realpath(folder)] if is_there else []


def facts() -> dict[str, object]:
    """Return what must be the same in both places, and under `mapped_files` what need not."""
    extensions = extension_modules()
    mapped = mapped_files()
    executable = os.path.realpath("/proc/self/exe")
    standard = sorted(
        name for name in sys.stdlib_module_names if importlib.util.find_spec(name) is not None
    )
    return {
        "version": sys.version,
        "prefix": sys.base_prefix,
        "exec_prefix": sys.base_exec_prefix,
        "executable": executable,
        "executable_sha256": digest(executable),
        "stdlib": sysconfig.get_path("stdlib", vars={"installed_base": sys.base_prefix}),
        "platstdlib": sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix}),
        "libpython": {path: digest(path) for path in mapped if "/libpython" in path},
        "cache_tag": sys.implementation.cache_tag,
        "modules": standard,
        "tcl": tcl_folders(),
        "wheels": wheel_folders(),
        "extensions": extensions,
        "mapped_files": mapped,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts()) + "\n")
