"""TypeScript's signatures, completed to declarations, and how the compiler's answer is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error, reason, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import Outcome
from growth import assert_linear

SIGNATURE = "a signature, without a body"
A = "declare function _a(): B"
CURRIED = "dye<T, U>(fn: (wool: T) => U): (wools: T[]) => U[]"


def tried(code: str) -> Completion | None:
    failed = compile_error("index.ts(1,9): error TS1005: ',' expected.", "typescript", 1)
    return completion(block(code, "typescript"), failed)


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        (CURRIED, f"declare function _{CURRIED}"),
        (f"\n{CURRIED};\n// twice\n...\n", f" \ndeclare function _{CURRIED};\n// twice\n \n "),
        ("wheel.spin(n: Wool): Yarn", "declare function _wheel_spin(n: Wool): Yarn"),
        ("export function spin(): Yarn", "export declare function _spin(): Yarn"),
        ("static of?(n: A): B", "declare function _of(n: A): B"),
        ("b<\n  A,\n  B\n>(): {\n}\na(): B", "declare function _b<\n  A,\n  B\n>(): {\n}\n" + A),
        ("spin(\n  n: A,\n): B", "declare function _spin(\n  n: A,\n): B"),
        ("a(): A extends B\n  ? C\n  : D", "declare function _a(): A extends B\n  ? C\n  : D"),
        ("type A = 1\nspin(n: A): B", "type A = 1\ndeclare function _spin(n: A): B"),
    ],
)  # fmt: skip
def test_each_signature_is_declared(code: str, declared: str) -> None:
    found = tried(code)
    assert found is not None
    assert found.snippet.code == declared


@pytest.mark.parametrize(
    "code",
    [
        "const a = 1\nspin(n: A): B",
        "spin(n: A): B\nlet yarn = spin(1)",
        "if (a): b",
        "type A = 1\ninterface B {}",
        "  // nothing",
        f"{CURRIED}\n{' ' * 50_000}",
    ],
)
def test_what_has_other_statements_is_tried_as_nothing(code: str) -> None:
    assert tried(code) is None


def test_only_what_a_compiler_refused_is_tried() -> None:
    for outcome in (Outcome.PASSED, Outcome.RUNTIME_ERROR, Outcome.MISSING_DEPENDENCY):
        alone = result(outcome, language="typescript", line=1)
        assert completion(block(CURRIED, "typescript"), alone) is None


def answered(*errors: str, code: str = CURRIED) -> object:
    """Return what a block becomes by what the compiler says of its declarations."""
    alone = compile_error("index.ts(1,9): error TS1005: ',' expected.", "typescript", 1)
    found = tried(code)
    assert found is not None
    told = "\n".join(f"index.ts(1,5): error {each}" for each in errors)
    done = replace(
        compile_error(told, "typescript", 1),
        details=failure_details(f"{errors[0]} (line 1)" if errors else "x"),
    )
    said = judged(block(code, "typescript"), alone, found, done)
    return "alone" if said is alone else said


def test_declarations_that_compile_are_signatures() -> None:
    found = tried(CURRIED)
    assert found is not None
    alone = compile_error("index.ts(1,9): error TS1005: ',' expected.", "typescript", 1)
    passed = result(Outcome.PASSED, language="typescript")
    assert reason(judged(block(CURRIED, "typescript"), alone, found, passed)) == SIGNATURE


@pytest.mark.parametrize(
    "errors",
    [
        ("TS2304: Cannot find name 'Fleece'.",),
        ("TS2304: Cannot find name 'Fleece'.", "TS2503: Cannot find namespace 'Farm'."),
    ],
)
def test_types_that_the_reference_has_elsewhere(errors: tuple[str, ...]) -> None:
    assert reason(answered(*errors)) == SIGNATURE


@pytest.mark.parametrize(
    "error",
    [
        "TS1005: ',' expected.",
        "TS1183: An implementation cannot be declared in ambient contexts.",
        "TS7010: '_dye', which lacks return-type annotation, implicitly has an 'any' return type.",
        "TS7006: Parameter 'wool' implicitly has an 'any' type.",
    ],
)
def test_what_is_no_signature_keeps_its_own_error(error: str) -> None:
    assert answered("TS2304: Cannot find name 'Fleece'.", error) == "alone"
    assert answered() == "alone"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "dye(n: nubmer): () => string",
            "TS2552: Cannot find name 'nubmer'. Did you mean 'number'?",
        ),
        ("dye(n: nubmer): () => string", "TS2304: Cannot find name 'nubmer'."),
        ("dye(n: Wool): (m: Wol) => Wool", "TS2304: Cannot find name 'Wol'."),
        (
            "dye<T>(n: Array<T, T>): () => T",
            "TS2707: Generic type 'Array' requires 1 type argument.",
        ),
        ("dye<T>(n: U[]): () => T", "TS2322: Type 'U' is not"),
    ],
)
def test_a_wrong_type_in_a_signature_is_a_mistake(code: str, error: str) -> None:
    found = answered(error, code=code)
    assert getattr(found, "outcome", None) is Outcome.COMPILE_ERROR
    assert error in getattr(found, "details", "")


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["(", "<", "a.", "a(", "\na(", "\n...", " ", "=>", "static "])
def test_it_is_linear(piece: str) -> None:
    assert_linear(tried, piece, start="a(): ")
