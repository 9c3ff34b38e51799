"""What scripts wait for, or are for another tool; a slip beside it stays a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, refused_script, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Missing, MissingKind, Outcome
from for_each import for_each
from growth import assert_linear

TOKEN = "SyntaxError: Unexpected token ':'"
TYPED = "TypeScript, in a block for JavaScript"
RETURN = "TS1108: A 'return' statement can only be used within a function body."
UNKNOWN = "TS2304: Cannot find name '{}'."
ALONE = "TS2693: 'Kind' only refers to a type, but is being used as a value here."


def compiled(code: str, *errors: str, language: str = "typescript") -> str | None:
    return refused_script(code, *errors, language=language)


@for_each(
    ("line", "is_one"),
    [
        ("interface Loaf {", True),
        ("export type Loaf = Rye | Wheat;", True),
        ("let loaf: string = bake();", True),
        ("var loaves: Map<string, number>;", True),
        ("function bake(rye: number, n?: string) {", True),
        ("const f = (rye): void => {", True),
        ("  weight: number;", True),
        ("import type { Rye } from './rye';", True),
        ("export enum Rye {", True),
        ("expect(loaf).typed<Map<Rye, { a: b }>>()", True),
        ("expect(loaf).typed<string[]>()", True),
        ("bake(loaf as Record<string, number>)", True),
        ("const f = (rye: Rye<string>, n) => {", True),
        ("  weight: number,", False),
        ("bake(loaf.a < b > ())", False),
        ("import { loaf as rye from 'b'", False),
        ("f({ as anyone })", False),
        ("f(rye: Rye)", False),
        ("case (rye: Rye {", False),
        ("const loaf = { a: 1: 2 };", False),
        ("interface.bake({", False),
        ("f(a ? b : string(c)", False),
        ("const a = f(1 as any;", False),
        ("let loaf: bake();", False),
    ],
)
def test_typescript_in_javascript(line: str, *, is_one: bool) -> None:
    assert compiled(line, TOKEN, language="javascript") == (TYPED if is_one else None)
    assert compiled(line, "SyntaxError: Invalid or unexpected", language="javascript") is None
    assert compiled(f"a\n{line}", TOKEN, language="javascript") is None


@pytest.mark.parametrize(
    ("code", "is_one"),
    [("bake();\nKind<typeof loaf> // rye\n", True), ("Kind<typeof loaf> + bake(\n", False)],
)
def test_a_type_at_the_end_of_javascript(code: str, *, is_one: bool) -> None:
    reason = compiled(code, "SyntaxError: Unexpected end of input", language="javascript")
    assert reason == (TYPED if is_one else None)


@pytest.mark.parametrize(
    ("error", "code", "is_one"),
    [
        ("error: missing required argument 'rye'\n", "program.parse();", True),
        ("Usage: bake [options]\n\nCommands:\n", "run(process.argv)", True),
        ("Usage: bake [options]\n\nCommands:\n", "run('.parse(')", False),
        ("error: unknown option '--rye'", "program.parse();", False),
    ],
)
def test_arguments_of_a_command_line(error: str, code: str, *, is_one: bool) -> None:
    details = failure_details(error.split("\n", maxsplit=1)[0])
    failed = result(Outcome.RUNTIME_ERROR, error, details=details, language="javascript")
    reason = no_program(block(code, "javascript"), failed)
    assert reason == ("it needs arguments on its command line" if is_one else None)
    assert no_program(block(code, "javascript"), replace(failed, error_line=1)) is None


@pytest.mark.parametrize(
    ("code", "errors", "is_one"),
    [
        ("switch (grain) { case 1: return 'a'; }", (RETURN,), True),
        ("switch (grain) { case 1: return 'a'; }", (UNKNOWN.format("grain"), RETURN), True),
        ("switch (grain) { case 1: return graim; }", (UNKNOWN.format("graim"), RETURN), False),
        ("return pritn(1)", ("TS1005: ',' expected.", RETURN), False),
        ("grain()", (UNKNOWN.format("grain"),), False),
        ("const f = () => 1;\nreturn f()", (RETURN,), False),
    ],
)
def test_the_body_of_a_function(code: str, errors: tuple[str, ...], *, is_one: bool) -> None:
    assert compiled(code, *errors) == ("the body of a function" if is_one else None)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("require(['./oven'], function (oven) {});", True),
        ("require(['./oven']);", False),
        ("oven.require(['./oven'], 1);", False),
    ],
)
def test_a_module_loader_of_browsers(code: str, *, is_one: bool) -> None:
    said = 'TypeError [ERR_INVALID_ARG_TYPE]: The "id" argument must be of type string. Received'
    for details, is_said in ((said, True), (said.replace("id", "a"), False)):
        told = failure_details(f"{details} (line 1)")
        failed = result(Outcome.RUNTIME_ERROR, details=told, language="javascript", line=1)
        reason = no_program(block(code, "javascript"), failed)
        assert (reason == "it is for a module loader of browsers") is (is_one and is_said)


@pytest.mark.parametrize(
    ("name", "code", "is_one"),
    [
        ("expect", "expect(loaf).toBe(1)", True),
        ("jest", "jest.fn()", True),
        ("expct", "expct(loaf).toBe(1)", False),
        ("expect", "bake(expect)", False),
        ("expect", "a.expect(1, expect)", False),
    ],
)
def test_a_test_runner_gives_names(name: str, code: str, *, is_one: bool) -> None:
    said = f"ReferenceError: {name} is not defined"
    failed = result(Outcome.RUNTIME_ERROR, said, details=said, language="javascript", line=1)
    failed = replace(failed, missing=Missing(MissingKind.NAME, name))
    reason = no_program(block(code, "javascript"), failed)
    assert reason == (f"{name} is a test runner's" if is_one else None)


@pytest.mark.parametrize(
    ("code", "errors", "is_one"),
    [
        ("Kind<typeof loaf>; // 'rye'", (ALONE,), True),
        ("Kind<typeof loaf.bake()>;", ("TS1109: Expression expected.",), True),
        ("let a = Kind<typeof loaf>;", (ALONE,), False),
        ("Kind<typeof loaf>;", (ALONE, UNKNOWN.format("lof")), False),
        ("Kind(loaf);", (ALONE,), False),
    ],
)
def test_a_type_that_stands_alone(code: str, errors: tuple[str, ...], *, is_one: bool) -> None:
    assert (compiled(code, *errors) is not None) is is_one


@pytest.mark.parametrize(
    "piece",
    [" ", "let a: ", "(", "a, ", "type a<", "a: number", ") : ", "interface a ", "a<typeof "],
)
def test_it_is_linear(piece: str) -> None:
    def read(code: str) -> None:
        compiled(code, TOKEN, language="javascript")
        compiled(code, RETURN, UNKNOWN.format("a"))
        compiled(code, ALONE)

    assert_linear(read, piece)
    assert_linear(read, piece, start="type a")


@pytest.mark.parametrize(
    ("code", "said", "is_one"),
    [
        ("bake('/loaves/2')", "TypeError: Invalid URL (line 1)", True),
        ("bake({ url: `/loaves/${n}?a=b` })", "TypeError: Invalid URL", True),
        ("fetch('/loaves')", "TypeError: Failed to parse URL from /loaves (line 1)", True),
        ("bake('loaves.example')", "TypeError: Invalid URL (line 1)", False),
        ("bake('htps//loaves.example')", "TypeError: Invalid URL (line 1)", False),
        ("bake('/')", "TypeError: Invalid URL (line 1)", False),
        ("bake('/loaves/2')", "TypeError: Invalid URLs", False),
        ("f('rye')\nbake('/loaves/2')", "TypeError: Invalid URL (line 1)", False),
        ("f(a)\nbake('/loaves')", "TypeError: Failed to parse URL from /loaves (line 1)", True),
        ("bake('/loaves/2')", "TypeError: bakee is not a function", False),
    ],
)
def test_an_address_of_its_own_server(code: str, said: str, *, is_one: bool) -> None:
    failed = result(
        Outcome.RUNTIME_ERROR, said, details=failure_details(said), language="javascript", line=1
    )
    reason = no_program(block(code, "javascript"), failed)
    assert reason == ("it asks its own server for /loaves" if is_one else None)
