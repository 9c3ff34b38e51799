"""Wheels that a test makes, as a package index would have them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def made_wheel(
    folder: Path,
    name: str,
    files: Mapping[str, str],
    *,
    requires: Sequence[str] = (),
    entry_points: str = "",
) -> Path:
    """Write a wheel of version 1.0, and return its path.

    Args:
        folder: Where it is put.
        name: Of the package, as it stands in the name of a wheel.
        files: Path in the wheel to content.
        requires: What it depends on.
        entry_points: The text of its `entry_points.txt`.
    """
    described = f"{name}-1.0.dist-info"
    depends = "".join(f"Requires-Dist: {each}\n" for each in requires)
    contents = {
        **files,
        f"{described}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{depends}",
        f"{described}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{described}/entry_points.txt": entry_points,
    }
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in contents.items():
            archive.writestr(path, content)
        record = "".join(f"{path},,\n" for path in (*contents, f"{described}/RECORD"))
        archive.writestr(f"{described}/RECORD", record)
    return wheel
