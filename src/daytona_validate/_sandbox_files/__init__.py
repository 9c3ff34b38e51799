"""What stands in a sandbox beside a language's toolchain, wherever the sandbox comes from.

Jails on this machine and the images of Daytona's sandboxes hold the same scripts and compilers at
the same places, so that the table of languages has one set of commands for both.
"""

from __future__ import annotations

from pathlib import Path


def sandbox_files(name: str) -> Path:
    """Return the folder of the files that belong to a toolchain, such as `go` or `java`."""
    return Path(__file__).parent / name


def contents(name: str) -> dict[str, bytes]:
    """Return the files of such a folder, by name and in the order of their names."""
    paths = (path for path in sorted(sandbox_files(name).iterdir()) if path.is_file())
    return {path.name: path.read_bytes() for path in paths}
