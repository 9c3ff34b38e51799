"""What a site's own tests put before its blocks: Sphinx's `conf.py`, and `conftest.py` for pytest.

These files are read, never run by us. Of `conf.py` the text counts that Sphinx runs before each
doctest; of `conftest.py` the names that pytest's `doctest_namespace` or a set-up of Sybil is given.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from daytona_validate._core.python_tree import python_tree

_SET_UP = "doctest_global_setup"
_NAMESPACES = frozenset({"doctest_namespace", "namespace", "globs", "ns"})
_TESTERS = ("doctest_namespace", "sybil")
_MOST_CHARACTERS = 100_000
_DEEPEST = 20
"""Of an expression that makes a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctestSetUp:
    """Fixture of a site's doctests, as Python code."""

    code: str = ""
    """That runs before each; empty: none."""
    names: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Names that each has, with the code that makes it; None: only the site's tests can."""


NO_DOCTEST_SET_UP = DoctestSetUp()


def sphinx_set_up(conf: str) -> str:
    """Return the code that a `conf.py` puts before each doctest; empty: none, or it is computed."""
    code = ""
    for statement in _parsed(conf).body:
        if isinstance(statement, ast.Assign) and any(map(_is_set_up, statement.targets)):
            code = _text(statement.value, _DEEPEST) or ""
    code = textwrap.dedent(code).strip("\n")
    return code if _parsed(code).body else ""


def pytest_names(conftest: str) -> dict[str, str | None]:
    """Return the names that a `conftest.py` puts into doctests, each with code that makes it.

    Only a name that is imported there can be made here, and a literal.
    """
    if not any(each in conftest for each in _TESTERS):
        return {}
    tree = _parsed(conftest)
    imported = dict(_imported(tree))
    names: dict[str, str | None] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            name = _namespace_key(target)
            if name is not None:
                names[name] = _code(name, node.value, imported)
    return names


def _parsed(source: str) -> ast.Module:
    """Return the tree of a file; an empty one of what is no Python, or too long."""
    tree = python_tree(source) if len(source) <= _MOST_CHARACTERS else None
    return ast.Module(body=[], type_ignores=[]) if tree is None else tree


def _is_set_up(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == _SET_UP


def _text(value: ast.expr, depth: int) -> str | None:
    """Return the text that an expression certainly is; None: it is computed otherwise."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if depth and isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        left, right = _text(value.left, depth - 1), _text(value.right, depth - 1)
        return None if left is None or right is None else left + right
    if not depth or not isinstance(value, ast.Call):
        return None
    name = getattr(value.func, "attr", getattr(value.func, "id", ""))
    if name == "dedent" and len(value.args) == 1:
        return _text(value.args[0], depth - 1)
    if name != "strip" or value.args or not isinstance(value.func, ast.Attribute):
        return None
    return _text(value.func.value, depth - 1)


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names that a file imports absolutely, with the statement for each."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                name = each.asname or each.name.partition(".")[0]
                yield name, ast.unparse(ast.Import(names=[each]))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for each in node.names:
                yield each.asname or each.name, ast.unparse(ast.ImportFrom(node.module, [each], 0))


def _namespace_key(target: ast.expr) -> str | None:
    """Return the name that an assignment such as `doctest_namespace["np"] = ...` makes."""
    if not isinstance(target, ast.Subscript):
        return None
    owner, key = target.value, target.slice
    if not isinstance(owner, ast.Name) or owner.id not in _NAMESPACES:
        return None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _code(name: str, value: ast.expr, imported: Mapping[str, str]) -> str | None:
    """Return code that gives a name its value; None: it takes more than imports."""
    root, parts = value, list[str]()
    while isinstance(root, ast.Attribute):
        parts.append(root.attr)
        root = root.value
    if isinstance(root, ast.Name) and root.id in imported:
        return f"{imported[root.id]}\n{name} = {'.'.join([root.id, *reversed(parts)])}"
    try:
        return f"{name} = {ast.literal_eval(value)!r}"
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
