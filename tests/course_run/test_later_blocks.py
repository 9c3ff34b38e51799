"""A name that only a later block of the page defines is shown before it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.later_blocks import waits_for
from daytona_validate._models import Location, MissingKind, Outcome
from growth import assert_linear

COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
NO_TYPE = "index.ts(1,1): error TS2304: Cannot find name 'Depot'."
NO_LOAD = "./main.go:5:9: undefined: Load"
NO_DEPOT = "./main.go:5:9: undefined: Depot"
NO_SYMBOL = "Main.java:1: error: cannot find symbol\n  symbol:   "


def reason(
    language: str, name: str, below: str, error: str | None = None, *, above: str = ""
) -> str | None:
    codes = (above, f"use({name})", below)
    blocks = [block(each, language=language) for each in codes]
    blocks[2] = replace(
        blocks[2], snippet=replace(blocks[2].snippet, location=Location("page.md", 40))
    )
    outcome = RUNTIME if error is None else COMPILE
    failed = replace(result(outcome, name, language=language), error=error)
    return waits_for(CoursePage(blocks, RunRules()), 1, failed)


def test_the_later_block_is_told() -> None:
    blocks = [block("depot.load()"), block("const depot = 1;")]
    blocks = [replace(each, snippet=replace(each.snippet, language="js")) for each in blocks]
    failed = result(RUNTIME, "depot", language="javascript")
    found = as_gap(CoursePage(blocks, RunRules()), 0, failed)
    assert found.details == "Code not runnable: it needs depot, which a later block defines"
    told = reason("javascript", "depot", "const depot = new Depot();")
    assert told == "it needs depot, which a later block (line 40) defines"


@pytest.mark.parametrize(
    ("language", "name", "below", "error"),
    [
        ("javascript", "load", "export default async function load() {}", None),
        ("javascript", "Depot", "class Depot {}", None),
        ("typescript", "Depot", "interface Depot {}", NO_TYPE),
        ("javascript", "depot", "const depot = require('depot')({ a: 1 });", None),
        ("go", "Load", "func Load(a int) int {\n\treturn a\n}", NO_LOAD),
        ("go", "Depot", "type Depot struct{}", NO_DEPOT),
        ("java", "Depot", "public class Depot {}", f"{NO_SYMBOL}class Depot\n"),
        ("java", "load", "class A {\n  int load(int a) {\n", f"{NO_SYMBOL}method load(int)\n"),
    ],
)  # fmt: skip
def test_a_name_that_a_later_block_defines(
    language: str, name: str, below: str, error: str | None
) -> None:
    assert reason(language, name, below, error) is not None


@pytest.mark.parametrize(
    ("language", "name", "below", "error"),
    [
        ("javascript", "depot", "depot.load();", None),
        ("javascript", "depotqz", "const depot = 1;", None),
        ("javascript", "depot", "function f() {\n  const depot = 1;\n}", None),
        ("javascript", "depot", "// const depot = 1;", None),
        ("javascript", "depot", "const depot = require('depot');", None),
        ("javascript", "depot", "import depot from 'depot';", None),
        ("javascript", "fs", "const fs = 1;", None),
        ("python", "depot", "depot = 1", None),
        ("go", "Load", "func Load() {}", f"{NO_LOAD}\n{NO_LOAD}qz"),
        ("go", "Load", "func Load() {}", f"{NO_LOAD}\n./main.go:6:1: no return"),
        ("go", "Load", "func Load() {}", "it said no"),
        ("java", "Depot", "class Depot {}", "Main.java:1: error: ';' expected"),
    ],
)  # fmt: skip
def test_any_other_name_may_be_a_mistake(
    language: str, name: str, below: str, error: str | None
) -> None:
    assert reason(language, name, below, error) is None


def test_only_names_and_types_of_blocks_below_count() -> None:
    assert reason("javascript", "depot", "", above="const depot = 1;") is None
    blocks = [block("a", language="javascript"), block("const a = 1;", language="javascript")]
    page = CoursePage(blocks, RunRules())
    module = result(RUNTIME, "a", kind=MissingKind.MODULE, language="javascript")
    assert waits_for(page, 0, module) is None


def test_errors_of_very_many_names_are_not_excused() -> None:
    names = [f"Load{number}" for number in range(21)]
    error = "\n".join(f"./main.go:5:9: undefined: {each}" for each in names)
    below = "\n".join(f"func {each}() {{}}" for each in names)
    assert reason("go", "Load0", below, error) is None
    assert reason("go", "Load0", below, error.partition("\n")[0]) is not None


@pytest.mark.parametrize(
    "piece",
    ["int load(", "a ", "load(int a)", "int load() throws ", "\n", "a\n", " ", "<", "class "],
)
def test_hostile_blocks_cost_their_length(piece: str) -> None:
    assert_linear(lambda code: reason("java", "load", f"a {code}", NO_SYMBOL), piece)
    assert_linear(lambda code: reason("typescript", "load", f"a {code}", NO_TYPE), piece)
