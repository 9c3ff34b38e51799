"""Tests replace nothing of ours, order nothing by sleeping, and do not judge by the clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PACKAGE = "daytona_validate"

WORLD = {"grp", "importlib", "os", "platform", "pwd", "sys"}
"""Modules of Python's in which a test may replace what its host happens to be: who its users are,
what is installed. All else enters the code as an argument."""
TABLES = {"LANGUAGES"}
"""Of ours, to which a test may add a record for its time, as a contributor does."""
ASKING = {"shared/eventually.py"}
"""Wait for other processes, with a bound: see there."""
SIMULATED = {"simulation/conftest.py", "simulation/simulated_daytona.py"}
"""Sleep for as long as a service would take, in virtual time: all tests there have it."""
TIMED = {
    "corpus/snippets_corpus.py": "a program that tells how long it took",
    "faults/conftest.py": "a table tells how long each fault took",
    "jails/test_jail_tree.py": "processes cannot have run for longer than they lived",
    "lifecycle/test_local_callers.py": "time itself is under test: a loop blocked past a limit",
    "providers/daytona/envelope/test_run_starved.py": "time itself is under test",
    "shared/eventually.py": "the bound",
    "shared/hurried_time.py": "a clock that runs ahead of the host's",
}
"""Files that read the clock on the wall, and why."""


@cache
def texts() -> dict[str, str]:
    """Return all files of tests, read when the first test asks: collecting them is for all."""
    return {
        str(path.relative_to(TESTS)): path.read_text(encoding="utf-8")
        for path in TESTS.rglob("*.py")
    }


@cache
def modules() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in texts().items()}


def naming(*words: str) -> dict[str, ast.Module]:
    """Return the modules that have one of some words: to walk all costs seconds."""
    found = re.compile(rf"\b({'|'.join(words)})\b")
    return {name: each for name, each in modules().items() if found.search(texts()[name])}


def ours(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that a module's nodes import from the package."""
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            names |= {each.asname or each.name for each in node.names}
        if isinstance(node, ast.Import):
            names |= {each.asname or PACKAGE for each in node.names if PACKAGE in each.name}
    return names


def root(node: ast.expr) -> str:
    """Return the first name of `a.b.c`, also where it is written as a text."""
    if isinstance(node, ast.Constant):
        return str(node.value).partition(".")[0]
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else "?"


def replaced(module: ast.Module) -> Iterator[str]:
    """Yield what a module replaces that is neither the world's nor its own."""
    nodes = list(ast.walk(module))
    names = ours(nodes)
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_patch = node.func.attr in {"setattr", "delattr"}
            is_item = node.func.attr in {"setitem", "delitem"}
            allowed = WORLD | (TABLES if is_item else set())
            if (is_patch or is_item) and root(node.args[0]) not in allowed:
                yield ast.unparse(node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and root(target) in names:
                    yield ast.unparse(node)


def is_of(called: ast.expr, module_names: set[str], names: set[str]) -> bool:
    return (
        isinstance(called, ast.Attribute) and called.attr in names and root(called) in module_names
    )


def calls(node: ast.AST, module_names: set[str], names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of functions of some modules, those in functions of virtual time left out."""
    for child in ast.iter_child_nodes(node):
        decorators = getattr(child, "decorator_list", [])
        if any("virtual_time" in ast.unparse(each) for each in decorators):
            continue
        if isinstance(child, ast.Call) and is_of(child.func, module_names, names):
            yield child
        yield from calls(child, module_names, names)


def sleeps(module: ast.Module) -> Iterator[str]:
    """Yield where a module really sleeps; a sleep of 0 is a turn of the loop."""
    marks = [node for node in module.body if isinstance(node, ast.Assign)]
    if any("virtual_time" in ast.unparse(each) for each in marks):
        return
    for call in calls(module, {"asyncio", "time", "anyio"}, {"sleep"}):
        if ast.unparse(call.args[0]) != "0":
            yield ast.unparse(call)


@pytest.mark.thorough
def test_nothing_of_ours_is_replaced() -> None:
    assert {
        name: found for name, module in modules().items() if (found := [*replaced(module)])
    } == {}


@pytest.mark.thorough
def test_nothing_is_ordered_by_sleeping() -> None:
    asleep = {name: found for name, each in naming("sleep").items() if (found := [*sleeps(each)])}
    assert {*asleep} == ASKING | SIMULATED, asleep


@pytest.mark.thorough
def test_what_sleeps_in_a_simulation_does_so_in_virtual_time() -> None:
    tests = [name for name in modules() if name.startswith("simulation/test_")]
    assert tests
    for name in tests:
        marks = [node for node in modules()[name].body if isinstance(node, ast.Assign)]
        assert any("virtual_time" in ast.unparse(each) for each in marks), name


@pytest.mark.thorough
def test_the_clock_on_the_wall_is_read_where_time_is_the_subject_only() -> None:
    clocks = {"monotonic", "perf_counter", "time"}
    timed = {name for name, each in naming(*clocks).items() if [*calls(each, {"time"}, clocks)]}
    assert timed == TIMED.keys()


@pytest.mark.parametrize(
    "line",
    [
        "monkeypatch.setattr(module, 'LIMIT_S', 0)",
        "monkeypatch.setattr('daytona_validate._pipeline.LIMIT_S', 0)",
        "monkeypatch.setattr(made, '_private', 0)",
        "module._nearest = lambda: None",
        "Type.method = lambda self: None",
    ],
)
def test_a_replacement_of_ours_is_found(line: str) -> None:
    imports = "from daytona_validate import _pipeline as module, Validator as Type\n"
    assert list(replaced(ast.parse(imports + line))) != []


def test_what_is_the_worlds_or_the_tests_own_is_not() -> None:
    lines = "monkeypatch.setattr(os, 'getuid', lambda: 1)\nmonkeypatch.setenv('A', '1')\n"
    lines += "monkeypatch.setitem(LANGUAGES, 'b', B)\ncloud.room = 1\nself.now_s = 1\n"
    assert list(replaced(ast.parse(lines))) == []


def test_a_sleep_is_found_where_time_is_real() -> None:
    module = ast.parse(
        "async def a():\n await asyncio.sleep(0.1)\n await asyncio.sleep(0)\n time.sleep(POLL_S)\n"
        "@pytest.mark.virtual_time\nasync def b():\n await asyncio.sleep(60)\n"
    )
    assert list(sleeps(module)) == ["asyncio.sleep(0.1)", "time.sleep(POLL_S)"]
