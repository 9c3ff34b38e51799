"""Type checkers, which see only `tests/typing`, see a use of each public name there."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

TYPING = Path(__file__).parents[1] / "typing"
PUBLIC = ["daytona_validate", "daytona_validate.testing", "daytona_validate.emulator"]


def used_of(module: str, source: str) -> set[str]:
    """Return the names that a source imports from a module, and then uses."""
    nodes = list(ast.walk(ast.parse(source)))
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == module]
    imported = {alias.name for node in froms for alias in node.names}
    return imported & {node.id for node in nodes if isinstance(node, ast.Name)}


@pytest.mark.parametrize("module", PUBLIC)
def test_type_checkers_see_each_public_name_used(module: str) -> None:
    sources = [path.read_text() for path in TYPING.glob("*.py")]
    used = {name for source in sources for name in used_of(module, source)}
    names: list[str] = importlib.import_module(module).__all__
    assert sorted(set(names) - used) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from m import name", id="imported only"),
        pytest.param("from other import name\nname()", id="of another module"),
        pytest.param('"""From m import name."""', id="in words"),
    ],
)
def test_what_is_not_used_does_not_count(source: str) -> None:
    assert used_of("m", source) == set()
