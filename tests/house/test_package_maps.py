"""A package's docstring that maps it names each of its files and folders, and nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "daytona_validate"


@pytest.mark.parametrize("name", ["_emulator", "_emulator/machines", "_jails"])
def test_the_map_in_a_docstring_is_true(name: str) -> None:
    folder = PACKAGE / name
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    named = set(re.findall(r"`([\w*]+(?:\.p[yl]|\.sh|/))`", text))
    here = {f"{path.name}/" if path.is_dir() else path.name for path in folder.iterdir()}
    assert sorted(here - {"__init__.py", "__pycache__/"} - named) == []
    assert [each for each in named if not list(folder.rglob(each.rstrip("/")))] == []
