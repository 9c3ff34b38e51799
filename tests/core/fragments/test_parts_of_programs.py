"""Links of chains, decorators and signatures are no programs; what is nearly one is a mistake."""

from __future__ import annotations

import pytest

from block_results import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear

INVALID = "SyntaxError: invalid syntax"
SIGNATURE = "a signature, without a body"
CHAIN = "it begins in the middle of a chain of calls"
DECORATOR = "a decorator, without what it decorates"
NO_BODY = "TS2391: Function implementation is missing or not immediately following the declaration."
DOT = "TS1128: Declaration or statement expected."


def found(code: str, language: str, said: str, line: int = 1, error: str = "") -> str | None:
    details = failure_details(f"{said} (line {line})")
    failed = result(
        Outcome.COMPILE_ERROR, error or said, details=details, language=language, line=line
    )
    return no_program(block(code, language), failed)


def told(*errors: str) -> str:
    return "\n".join(f"index.ts(1,1): error {each}" for each in errors)


@pytest.mark.parametrize(
    ("code", "language", "said", "line"),
    [
        ("  .dye('red', (wool) => wool.wash())\n", "javascript", "Unexpected token '.'", 1),
        ("// then\n?.dye<Wool>({ a: 1 })", "typescript", DOT, 2),
        (".dye('red')\n.wash()", "python", INVALID, 1),
    ],
)
def test_a_link_of_a_chain(code: str, language: str, said: str, line: int) -> None:
    said = f"SyntaxError: {said}" if language == "javascript" else said
    error = told(said) if language == "typescript" else said
    assert found(code, language, said, line, error) == CHAIN
    assert found(code, language, said, line + 1, error) is None
    assert found(code.replace(")", "", 1), language, said, line, error) is None
    assert found(code.replace("dye", "3", 1), language, said, line, error) is None
    assert found(f"x = 1\n{code}", language, said, line, error) is None
    assert found(f"{code}\nwash(wool)", language, said, line, error) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (".dye(red)\n.wash();", CHAIN),
        (".dye(red\n.wash();", None),
        ("@Spun", "an annotation, without what it stands at"),
        ('@Spun(by = "me")\n@Dyed\n', "an annotation, without what it stands at"),
        ("@Spun\nwool;", None),
        ("@Overide\n@Spun", None),
        ("wool;", None),
    ],
)
def test_links_and_annotations_of_java(code: str, reason: str | None) -> None:
    error = "Main.java:1: error: illegal start of expression\nMain.java:2: error: <x> expected\n"
    assert found(code, "java", "illegal start of expression", 1, error) == reason
    assert found(code, "java", "cannot find symbol", 1, error) is None


def test_a_link_of_a_chain_with_another_error_is_a_mistake() -> None:
    assert found(".dye('red' 1)", "typescript", DOT, 1, told(DOT, "TS1005: ',' expected.")) is None
    end = told(DOT, "TS1109: Expression expected.").replace(
        "(1,1): error TS11", "(3,1): error TS11", 2
    )
    end = end.replace("(3,1): error TS1128", "(1,1): error TS1128")
    assert found(".dye(\n  'red',\n)", "typescript", DOT, 1, end) == CHAIN
    assert found(".dye(\n  'red',\n  +)", "typescript", DOT, 1, end) is None
    assert found(".dye(x)", "python", "SyntaxError: unmatched ')'") is None
    assert found("", "python", INVALID) is None


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ('@yarn.dye("red", fast=True)', True),
        ('import yarn\n\n@yarn.dye(\n  "red",\n)\n@wash  # twice\n\n', True),
        ("@wash", True),
        ("@yarn.dye(\n  1)", True),
        ("@yarn.dye(1)\nwash", False),
        ("@yarn.dye(1", False),
        ("@yarn.dye(1]", False),
        ("@3(1)", False),
        ("wash(1)", False),
    ],
)
def test_a_decorator_alone(code: str, *, is_one: bool) -> None:
    last = len(code.rstrip().split("\n"))
    error = f'  File "/work/main.py", line {last}\n    @wash\n{INVALID}'
    assert found(code, "python", INVALID, last, error) == (DECORATOR if is_one else None)
    marked = error.replace("SyntaxError", "    ^^\nSyntaxError")
    assert found(code, "python", INVALID, last, marked) is None
    assert found(code, "python", "SyntaxError: '(' was never closed", last, error) is None


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ("def spin(wool, *, fast=True)", "python", "SyntaxError: expected ':'"),
        ("def spin(wool: Wool = None, *args, **kw) -> Yarn", "python", "SyntaxError: expected ':'"),
        ("yarn.spin(wool, /, speed='low') -> Yarn", "python", INVALID),
        ("class Wheel(Tool):\n    # yours", "python",
         "IndentationError: expected an indented block after class definition on line 1"),
        ("func (w *Wheel) Spin(wool []byte, n int) (yarn Yarn, err error)", "go",
         "missing function body"),
        ("func Map[T any](in []T, f func(T) T) []T", "go", "missing function body"),
        ("public static <T> List<T> spin(final Map<A, List<T>> wool, int... n) throws IOException",
         "java", "';' expected"),
        ("spin<T, E>(wool: Wool<T>, ...more: E[]): Promise<Yarn>;", "typescript",
         "TS1005: ',' expected."),
        ("wheel.stop(): void", "javascript", "SyntaxError: Unexpected token ':'"),
        ("function combine<A, B>(wool: A): B\nfunction combine<A, B, C> => B | C", "typescript",
         "TS1005: '(' expected."),
    ],
)  # fmt: skip
def test_a_signature(code: str, language: str, said: str) -> None:
    error = told(said) if language == "typescript" else said
    assert found(code, language, said, 1, error) == SIGNATURE
    assert found(f"{code}\nx = spin()", language, said, 1, error) != SIGNATURE
    assert found(f"){code}", language, said, 1, error) != SIGNATURE


@for_each(
    ("code", "language", "said"),
    [
        ("def spin(wool)\n    return wool", "python", "SyntaxError: expected ':'"),
        ("def spin(wool speed)", "python", "SyntaxError: expected ':'"),
        ("def spin(wool):\nreturn wool", "python",
         "IndentationError: expected an indented block after function definition on line 1"),
        ("spin(wool) - > Yarn", "python", INVALID),
        ("func Spin(a, b int) int\nreturn a", "go", "missing function body"),
        ("int n = spin(int wool)", "java", "';' expected"),
        ("return spin(int wool)", "java", "';' expected"),
        ("wheel.spin(wool)", "java", "';' expected"),
        ("spin(wool): Yarn", "typescript", "TS1005: ';' expected."),
        ("spin(wool: 1) = Yarn", "typescript", "TS1005: ';' expected."),
        ("", "go", "missing function body"),
        ("func Spin(wool []byte, n itn) Yarn", "go", "missing function body"),
        ("func Spin(wool []flaot64) float64", "go", "missing function body"),
        ("func Spin(wool Wool) eror", "go", "missing function body"),
        ("def spin(wool: itn) -> str", "python", "SyntaxError: expected ':'"),
        ("def spin(wool: int) -> flaot", "python", "SyntaxError: expected ':'"),
        ("public Sting spin(int wool)", "java", "';' expected"),
        ("int spin(Wool wool, itn n)", "java", "';' expected"),
        ("spin(wool: Wool n: Yarn): Yarn", "javascript", "SyntaxError: Unexpected token ':'"),
        ("spin<T>(wool: Wool n?: T): T", "typescript", "TS1005: ',' expected."),
        ("spin(wool: Nmber): Yarn", "javascript", "SyntaxError: Unexpected token ':'"),
        ("spin(wool: Wool): Promse<Yarn>", "javascript", "SyntaxError: Unexpected token ':'"),
    ],
)  # fmt: skip
def test_what_is_nearly_a_signature(code: str, language: str, said: str) -> None:
    assert found(code, language, said) is None


@pytest.mark.parametrize(
    ("code", "errors", "is_one"),
    [
        ("function spin(wool: Wool): Yarn;", (NO_BODY,), True),
        ("function spin(wool: Wool): { n: number };", (NO_BODY,), True),
        ("function spin(wool: Wool):\n  | Yarn\n  | Thread", (NO_BODY,), True),
        ("export function with(wool: Wool): Yarn", ("TS1359: Identifier expected. 'w",), True),
        ("function spin(n: Wool): Yarn;", (NO_BODY, "TS2304: Cannot find name 'Wool'."), True),
        ("function spin(n: nubmer): Yarn;", (NO_BODY, "TS2304: Cannot find name 'nubmer'."), False),
        ("function spin(n: Wol, m: Wool): A;", (NO_BODY, "TS2304: Cannot find name 'Wol'."), False),
        ("function spin(n: Wool m): Yarn;", (NO_BODY, "TS1005: ',' expected."), False),
        ("function spin(n: Wool): Yarn { return n; }", (NO_BODY,), False),
        ("function spin(n: Wool): Yarn;\nspin(1);", (NO_BODY,), False),
    ],
)  # fmt: skip
def test_heads_of_functions(code: str, errors: tuple[str, ...], *, is_one: bool) -> None:
    reason = found(code, "typescript", errors[0], 1, told(*errors))
    assert reason == (SIGNATURE if is_one else None)


def test_a_script_that_ran_is_no_signature() -> None:
    failed = result(Outcome.RUNTIME_ERROR, details="x: Error: a", language="typescript", line=1)
    assert no_program(block("spin(a: Wool): Yarn", "typescript"), failed) is None


def test_undefined_types_beside_a_missing_body() -> None:
    code, said = "func Spin(wool Wool) Yarn", "undefined: Wool"
    error = "./main.go:1:6: missing function body\n./main.go:1:15: undefined: Wool"
    assert found(code, "go", said, 1, error) == SIGNATURE
    assert found(code, "go", said, 1, f"{error}\n./main.go:1:2: syntax error: x") is None


@pytest.mark.slow
@pytest.mark.parametrize("language", ["python", "go", "java", "typescript"])
def test_it_is_linear(language: str) -> None:
    said = {"python": INVALID, "go": "missing function body", "java": "';' expected"}
    for piece in ("(", "<", "a ", "[] ", "a<", "{ ", "->", ")", " ", "a,", "a: ", "\n.a(", "@a(\n"):
        for start in ("", "def a(", "func a(", "int a(", "function a(", "a(): "):
            assert_linear(
                lambda text: found(text, language, said.get(language, DOT)), piece, start=start
            )
