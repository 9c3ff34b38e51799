"""A setting is written in two places: with its default in `Settings`, and where it is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import daytona_validate
from daytona_validate._providers.config import DaytonaConfig, LocalConfig
from daytona_validate._settings import Settings
from for_each import for_each

PACKAGE = Path(daytona_validate.__file__).parent
READ = {*DaytonaConfig.__annotations__, *LocalConfig.__annotations__}
MODEL = PACKAGE / "_settings/model.py"
READERS = [PACKAGE / "_session.py", *(PACKAGE / "_providers").rglob("*.py")]


@cache
def defaults(path: Path) -> list[str]:
    return list(_defaults(path))


def _defaults(path: Path) -> Iterator[str]:
    """Yield the names that have a default, as a field or as an argument."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            yield node.target.id
        elif isinstance(node, ast.arguments):
            positional = [*node.posonlyargs, *node.args]
            yield from (each.arg for each in positional[len(positional) - len(node.defaults) :])
            pairs = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from (each.arg for each, default in pairs if default is not None)


@cache
def copies(path: Path) -> list[str]:
    return list(_copies(path))


def _copies(path: Path) -> Iterator[str]:
    """Yield the names that are handed on under the same name, as in `name=settings.name`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Attribute):
            of = node.value.value
            if node.arg == node.value.attr and isinstance(of, ast.Name) and of.id == "settings":
                yield node.value.attr


def test_what_is_read_is_a_setting() -> None:
    assert set(Settings.model_fields) >= READ


@for_each("name", sorted(READ))
def test_a_setting_has_one_default_and_is_copied_nowhere(name: str) -> None:
    assert [path for path in (MODEL, *READERS) if name in defaults(path)] == [MODEL]
    assert [path for path in READERS if name in copies(path)] == []
