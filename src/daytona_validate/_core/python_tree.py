"""Python's own parser, for texts that may be no Python: it raises nothing, and warns of nothing.

Python warns of an invalid escape sequence as soon as it reads one. That warning is no affair of
whoever checks a page, and where warnings are errors it would make another answer.
"""

from __future__ import annotations

import ast
import warnings
from threading import Lock

_FILTERS = Lock()
"""Held while those of the process are others."""


def python_tree(source: str) -> ast.Module | None:
    """Return the syntax tree of a text; None: it is no Python, or too much for its parser."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None
