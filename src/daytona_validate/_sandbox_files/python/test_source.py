"""Tell whether a Python file has tests before any of it is run.

It may not be loaded to find out: a program would then run twice. So a test is what stands there as
one, outside of functions: a definition, a lambda or a `functools.partial` under the name of a test,
in the file or in a class for tests, or an example in a docstring. A value that is only named like a
test, as `test_set = load()`, is none; nor is a method of a class that has nothing of a test.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.Module, ast.ClassDef, *FUNCTIONS)
MAKERS = ("__init__", "__new__")


def has_tests(source: bytes) -> bool:
    """Tell whether there are any.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: It cannot be parsed.
    """
    cases: set[str] = set()
    has_method = False
    for node, is_in_class in statements(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ">>> " in (ast.get_docstring(node, clean=False) or ""):
            return True
        if isinstance(node, ast.ClassDef) and is_for_tests(node, cases):
            cases.add(node.name)
        if any(name.startswith("test") for name in called_by(node)):
            if not is_in_class:
                return True
            has_method = True
    return bool(cases) and has_method


def statements(module: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Yield what stands outside of functions, and whether that is in a class."""
    waiting: deque[tuple[ast.AST, bool]] = deque([(module, False)])
    while waiting:
        node, is_in_class = waiting.popleft()
        yield node, is_in_class
        if not isinstance(node, (*FUNCTIONS, ast.expr)):
            is_in_class = is_in_class or isinstance(node, ast.ClassDef)
            waiting.extend((each, is_in_class) for each in ast.iter_child_nodes(node))


def is_for_tests(node: ast.ClassDef, cases: set[str]) -> bool:
    """Tell whether a class is one by its own name, or by that of a class that it derives from."""
    bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    if any("Test" in base or base in cases for base in bases):
        return True
    is_made = any(isinstance(each, FUNCTIONS) and each.name in MAKERS for each in node.body)
    return node.name.startswith("Test") and not is_made


def called_by(node: ast.AST) -> Iterator[str]:
    """Yield the names under which a statement makes something that can be called."""
    if isinstance(node, FUNCTIONS):
        yield node.name
    elif isinstance(node, ast.Assign) and makes_function(node.value):
        yield from (each.id for each in node.targets if isinstance(each, ast.Name))


def makes_function(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in ("partial", "functools.partial")
    return isinstance(value, ast.Lambda)
