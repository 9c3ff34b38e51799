"""The public names: all there, each loaded when it is first used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import daytona_validate


def test_type_checkers_and_the_running_program_see_the_same_names() -> None:
    tree = ast.parse(Path(daytona_validate.__file__).read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (alias.name, node.module)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes = {
        (name, f"daytona_validate.{module}") for name, module in daytona_validate._HOME_OF.items()
    }
    assert seen == homes
    assert sorted(name for name, _ in seen) == daytona_validate.__all__


def test_every_name_loads_and_is_listed() -> None:
    for name in daytona_validate.__all__:
        assert getattr(daytona_validate, name).__name__ == name
        assert name in dir(daytona_validate)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'daytona_validate' has no attribute 'Validater'"):
        daytona_validate.Validater  # noqa: B018 - the access is the test


@pytest.mark.slow
def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, daytona_validate\n"
        "heavy = {'anyio', 'asyncio', 'httptools', 'httpx', 'pydantic', 'tenacity', 'logging'}\n"
        "heavy |= {'click'}\n"
        "print(*heavy & sys.modules.keys())\n"
        "from daytona_validate import Snippet\n"
        "print(*heavy & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
