"""Names that Python code binds and reads: what it makes for others, and what it only uses.

What a function binds is its own. A name that is bound and never read may be the misspelt half of
one that is read and never bound.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from daytona_validate._core.fragments.code_text import READ_CHARACTERS
from daytona_validate._core.python_tree import python_tree

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NEVER_READ = frozenset({"self", "cls", "args", "kwargs"})
_SCOPES = (*_FUNCTIONS, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """Name bindings of one program, as far as its syntax tells."""

    outer: frozenset[str]
    """Bound outside of all functions and classes."""
    defined: frozenset[str]
    """Those of `outer` that are functions."""
    inner: frozenset[str]
    """Bound in one, or declared global there."""
    read: Counter[str]
    """How often each name is read, anywhere."""

    def is_read_only(self, name: str) -> bool:
        """Return whether a name is read, and bound nowhere."""
        return self.read[name] > 0 and name not in self.outer | self.inner

    def unread(self) -> frozenset[str]:
        """Return the names that are bound for others and never read."""
        return self.outer - self.read.keys()


@lru_cache(maxsize=512)  # a page's blocks are read again for each that fails
def bindings(code: str) -> Bindings | None:
    """Return what code binds and reads; None: it is no Python, or too long."""
    tree = python_tree(code) if len(code) <= READ_CHARACTERS else None
    if tree is None:
        return None
    outer, inner, read = set[str](), set[str](), Counter[str]()
    defined = {each.name for each in tree.body if isinstance(each, _FUNCTIONS)}
    waiting: list[tuple[ast.AST, bool]] = [(each, False) for each in tree.body]
    while waiting:
        node, is_inner = waiting.pop()
        (inner if is_inner else outer).update(_bound(node))
        if isinstance(node, ast.Global):
            outer.update(node.names)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read[node.id] += 1
        is_inner = is_inner or isinstance(node, _SCOPES)
        waiting.extend((child, is_inner) for child in ast.iter_child_nodes(node))
    return Bindings(
        outer=frozenset(outer), defined=frozenset(defined), inner=frozenset(inner), read=read
    )


def has_unread_local(code: str, name: str) -> bool:
    """Return whether a function that reads a name has a parameter or a variable that it never does.

    Args:
        code: Some in Python.
        name: The one that it reads.
    """
    tree = python_tree(code) if len(code) <= READ_CHARACTERS else None
    waiting: list[ast.AST] = [] if tree is None else [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
            continue
        names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
        read = {each.id for each in names if isinstance(each.ctx, ast.Load)}
        made = {each.id for each in names} | {
            each.arg for each in ast.walk(node) if isinstance(each, ast.arg)
        }
        left = {each for each in made - read - _NEVER_READ if not each.startswith("_")}
        if name in read and left:
            return True
    return False


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node binds itself."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    elif isinstance(name := getattr(node, "name", None), str):
        yield name  # of a definition, a handler, a pattern, or since Python 3.12 a type parameter
