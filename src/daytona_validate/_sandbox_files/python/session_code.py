"""What a code of a session is compiled to, beside `run_session.py` in sandboxes.

Once a code before it has set `builtins.__show_value__`, each shows the value of its last
expression, as a notebook's cells do.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import sys
from types import CodeType

OURS = ("session_values",)
(session_values,) = map(importlib.import_module, OURS)
for name in OURS:  # the snippet may have files of these names
    del sys.modules[name]

SHOW, TEXT = "__show_value__", "__value_text__"


def of_session(source: bytes, path: str, flags: int) -> CodeType:
    """Return the code; with an `await` outside of functions if it cannot be without.

    Raises:
        SyntaxError: It is none.
    """
    code = _compiled(source, path, flags)
    if isinstance(code, SyntaxError):
        rejected = code
        code = _compiled(source, path, flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if isinstance(code, SyntaxError):
            raise rejected
    return code


def _compiled(source: bytes, path: str, flags: int) -> CodeType | SyntaxError:
    """Return the code, or why it is none."""
    try:
        code: CodeType = compile(source, path, "exec", flags, dont_inherit=True)
        if hasattr(builtins, SHOW):
            vars(builtins).update({SHOW: session_values.show, TEXT: session_values.text})
            tree = compile(source, path, "exec", flags | ast.PyCF_ONLY_AST, dont_inherit=True)
            code = compile(_shown(tree, source), path, "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        return error.with_traceback(None)
    return code


def _shown(tree: ast.Module, source: bytes) -> ast.Module:
    """Return a program that shows the value of its last expression, unless a `;` ends that."""
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not _is_quiet(last, source):
        value = last.value
        name = ast.copy_location(ast.Name(SHOW, ast.Load()), value)
        last.value = ast.copy_location(ast.Call(name, [value], []), value)
    return tree


def _is_quiet(last: ast.Expr, source: bytes) -> bool:
    line = source.split(b"\n")[(last.end_lineno or 1) - 1 :][:1]
    return any(each[last.end_col_offset :].lstrip().startswith(b";") for each in line)
