"""What TypeScript's compiler and Node said, as captured, and what each program is judged to be."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._core.languages.typescript_errors import diagnose
from daytona_validate._models import Limit, Outcome
from for_each import for_each
from growth import assert_linear

from .captured_words import Said, captured, versions

CAPTURED = captured("typescript_last_words")
COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
MISSING = Outcome.MISSING_DEPENDENCY
NOT_A_NUMBER = "TS2322: Type 'string' is not assignable to type 'number'."

# Name of the program: its outcome, and how the line after «Code execution failed: » begins.
EXPECTED = {
    "type_error": (COMPILE, f"{NOT_A_NUMBER} (line 2)"),
    "several": (COMPILE, f"{NOT_A_NUMBER} (line 1)"),
    "explained": (COMPILE, "TS2322: Type '(x: number) => number' is not assignable to type"),
    "implicit_any": (COMPILE, "TS7006: Parameter 'x' implicitly has an 'any' type. (line 1)"),
    "maybe_null": (COMPILE, "TS18048: 'found' is possibly 'undefined'. (line 2)"),
    "syntax": (COMPILE, "TS1109: Expression expected. (line 1)"),
    "unclosed": (COMPILE, "TS1005: '}' expected. (line 3)"),
    "unterminated_text": (COMPILE, "TS1002: Unterminated string literal. (line 1)"),
    "too_deep_types": (COMPILE, "TS2589: Type instantiation is excessively deep"),
    "in_another_file": (COMPILE, f"config.ts:2: {NOT_A_NUMBER}"),
    "in_both": (COMPILE, "TS2339: Property 'nope' does not exist on type 'number'. (line 3)"),
    "line_break_in_message": (COMPILE, "TS2322: Type '`x (line 1)"),
    "missing": (MISSING, "TS2307: Cannot find module 'express' or its corresponding type"),
    "missing_scoped": (MISSING, "TS2307: Cannot find module '@scope/pkg/sub' or its"),
    "missing_for_its_effect": (MISSING, "TS2882: Cannot find module or type declarations for"),
    "missing_types": (MISSING, "TS2688: Cannot find type definition file for 'jest'. (line 1)"),
    "missing_after_a_mistake": (COMPILE, f"{NOT_A_NUMBER} (line 1)"),
    "missing_relative": (COMPILE, "TS2307: Cannot find module './nope' or its corresponding"),
    "unknown_builtin": (COMPILE, "TS2307: Cannot find module 'node:nope' or its corresponding"),
    "foreign_scheme": (COMPILE, "TS2307: Cannot find module 'https://example.org/a.ts' or its"),
    "missing_own": (COMPILE, "TS2307: Cannot find module 'helper' or its corresponding type"),
    "with_in_a_module": (COMPILE, "With statements cannot be used in strict mode (line 3)"),
    "throw": (RUNTIME, "TypeError: no (line 4)"),
    "throw_in_module": (RUNTIME, "TypeError: no (line 4)"),
    "throw_in_another_file": (RUNTIME, "Error: no (line 3)"),
    "throw_text": (RUNTIME, "Uncaught text (line 3)"),
    "reject": (RUNTIME, "RangeError: late (line 3)"),
    "null_property": (RUNTIME, "TypeError: Cannot read properties of undefined (reading 'b') (li"),
    "frozen": (RUNTIME, "TypeError: Cannot assign to read only property 'x' of object"),
    "recursion": (RUNTIME, "RangeError: Maximum call stack size exceeded (line 2)"),
    "json": (RUNTIME, "SyntaxError: Expected property name or '}' in JSON at position 1"),
    "regexp": (RUNTIME, "SyntaxError: Invalid regular expression: /(/: Unterminated group (line"),
    "missing_required": (MISSING, "Error: Cannot find module 'left-pad' (line 2)"),
    "missing_required_relative": (RUNTIME, "Error: Cannot find module './nope' (line 2)"),
    "missing_in_module": (MISSING, "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'left-pad'"),
    "require_in_module": (RUNTIME, "ReferenceError: require is not defined in ES module scope"),
    "dirname_in_module": (RUNTIME, "ReferenceError: "),
    "unsettled": (RUNTIME, "Warning: a top-level await was never settled (exit code 13)"),
    "declared_only": (RUNTIME, "ReferenceError: f is not defined (line 3)"),
    "log_then_exit": (RUNTIME, "bad thing (exit code 3)"),
    "says_what_the_compiler_says": (RUNTIME, "index.ts(1,8): error TS2307: Cannot find module"),
    "says_what_go_says": (RUNTIME, "fatal error: out of memory (exit code 2)"),
}


@for_each("said", CAPTURED, ids=str)
def test_last_words_are_judged(said: Said) -> None:
    outcome, line = EXPECTED[said.name]

    verdict = said.verdict()

    assert verdict.outcome is outcome
    assert verdict.details.startswith(f"Code execution failed: {line}")
    assert verdict.stage is said.stage
    assert (verdict.error or "").strip() == (said.case["stdout"] + said.case["stderr"]).strip()


def test_every_program_was_captured_in_every_version() -> None:
    assert CAPTURED
    assert all(names == EXPECTED.keys() for names in versions(CAPTURED).values())


# Of the compiler 7.0.2 under `ulimit -d` and `ulimit -u`, both too small for it.
NO_MEMORY = """fatal error: runtime: out of memory

runtime stack:
runtime.throw({0xfec795?, 0x7fffffffffff?})
\truntime/panic.go:1229 +0x48 fp=0x22c40754bdd0 sp=0x22c40754bda0 pc=0x487c48
"""
NO_THREAD = """runtime: failed to create new OS thread (have 2 already; errno=11)
runtime: may need to increase max user processes (ulimit -u)
fatal error: newosproc

runtime stack:
"""


@pytest.mark.parametrize(
    ("text", "limit"), [(NO_MEMORY, Limit.MEMORY), (NO_THREAD, Limit.PROCESSES)]
)
def test_a_compiler_that_ran_out_of_something_says_of_what(text: str, limit: Limit) -> None:
    found = diagnose(_ending(text, is_compiler=True))
    assert found == Diagnosis(message=text.partition("\n")[0], limit=limit, is_uncaught=True)


@pytest.mark.parametrize("text", [NO_MEMORY, NO_THREAD])
def test_a_program_that_says_the_same_ran_out_of_nothing(text: str) -> None:
    found = diagnose(_ending(text, is_compiler=False))
    assert found is not None
    assert found.limit is None


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("index.ts(3,1): error TS1005: ';' expected.", "TS1005: ';' expected.", 3),
        ("a (1)/b.ts(3,1): error TS1005: x", "a (1)/b.ts:3: TS1005: x", None),
        ("error TS5033: Could not write file", "TS5033: Could not write file", None),
        ("  index.ts(3,1): error TS1005: x", "index.ts(3,1): error TS1005: x", None),
        ("index.ts(3): error TS1005: x", "index.ts(3): error TS1005: x", None),
        ("something else\n\n", "something else", None),
    ],
)
def test_only_a_whole_line_of_the_compilers_is_taken_for_one(
    text: str, message: str, line: int | None
) -> None:
    found = diagnose(_ending(text, is_compiler=True))
    assert found is not None
    assert (found.message, found.line) == (message, line)


def test_a_module_that_is_only_extended_is_told_of_and_not_missing() -> None:
    said = "TS2664: Invalid module name in augmentation, module 'rye' cannot be found."
    found = diagnose(_ending(f"index.ts(1,16): error {said}\n", is_compiler=True))
    assert found is not None
    assert (found.missing_module, found.told_package) == (None, "rye")


def test_a_compiler_that_says_nothing_is_not_explained() -> None:
    assert diagnose(_ending("", is_compiler=True)) is None


PIECES = [" ", "a", "(", "(1", "(1,", "(1,1): ", "index.ts(1,1): error TS", "error TS1", "'", "\n"]


@pytest.mark.parametrize("start", ["", "x [ERROR] a\n", "error TS2307: Cannot find module '"])
@pytest.mark.parametrize("end", ["", "\n x", "': \n"])
def test_reading_hostile_text_is_linear(start: str, end: str) -> None:
    def read(text: str) -> None:
        diagnose(_ending(text, is_compiler=True))

    for piece in PIECES:
        assert_linear(read, piece, start=start, end=end)


def _ending(text: str, *, is_compiler: bool) -> Ending:
    return Ending(text=text, entry_file="index.ts", exit_code=2, is_compiler=is_compiler)
