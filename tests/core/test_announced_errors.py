"""An error that a page announces beside its block is no mistake of the block; any other is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import result
from daytona_validate._core.announced_errors import is_announced
from daytona_validate._core.details import failure_details
from daytona_validate._core.page_context import NO_CONTEXT, PageContext
from daytona_validate._models import CodeValidationResult, Missing, MissingKind, Outcome
from growth import assert_linear

COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
LAMBDA = "local variables referenced from a lambda expression must be final"
NULL = 'java.lang.NullPointerException: Cannot invoke "Cart.load()" because "<local1>" is null'


def failed(
    said: str, outcome: Outcome = COMPILE, *, lacks: str | None = None, error: str | None = None
) -> CodeValidationResult:
    found = result(outcome, error, details=failure_details(f"{said} (line 3)"))
    missing = None if lacks is None else Missing(MissingKind.NAME, lacks)
    return replace(found, missing=missing)


@pytest.mark.parametrize(
    "above",
    [
        "The following code does **not** compile:",
        "Carts are sealed. This won't compile:",
        "This code fails to compile:",
        "The next block is a compile-time error.",
        "以下代码无法编译：",  # noqa: RUF001 - as pages have it
    ],
)
def test_code_that_does_not_compile_as_the_page_says(above: str) -> None:
    said = PageContext(before=above)
    assert is_announced(said, "", failed(LAMBDA))
    assert not is_announced(said, "", failed(LAMBDA, RUNTIME))
    for slip in ("';' expected", "undefined: cartqz", "cannot find symbol: variable a"):
        assert not is_announced(said, "", failed(slip))
    assert not is_announced(said, "", failed("undefined: cart", lacks="cart"))


def test_each_error_of_the_compiler_must_be_announced() -> None:
    said = PageContext(before="The following does not compile:")
    one = f"Main.java:3: error: {LAMBDA}\n"
    assert is_announced(said, "", failed(LAMBDA, error=one))
    slip = "Main.java:4: error: cannot find symbol\n  symbol: variable cartqz\n"
    assert not is_announced(said, "", failed(LAMBDA, error=one + slip))
    typed = "index.ts(3,7): error TS2322: no\nindex.ts(4,1): error TS2304: Cannot find name 'a'.\n"
    assert not is_announced(said, "", failed("TS2322: no", error=typed))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (PageContext(before="The following throws a NullPointerException."), failed(NULL, RUNTIME)),
        (PageContext(before="This throws a `NullPointerException`:"), failed(NULL, RUNTIME)),
        (PageContext(after="This throws a NullPointerException."), failed(NULL, RUNTIME)),
        (PageContext(after="Running it, you get a compile error. So be it."), failed(LAMBDA)),
        (PageContext(after="The code above will not compile."), failed(LAMBDA)),
        (PageContext(before="This code results in a TS2339:"), failed("TS2339: Property")),
        (
            PageContext(before="The next line throws a SyntaxError, as it is there already:"),
            failed("SyntaxError: Identifier 'a' has already been declared"),
        ),
        (
            PageContext(fence="Uncaught TypeError: Cannot read property 'f' of null"),
            failed("TypeError: Cannot read properties of null (reading 'f')", RUNTIME),
        ),
        (
            PageContext(before="The next line panics with `no such cart here`:"),
            failed("panic: no such cart here", RUNTIME),
        ),
        (
            PageContext(before="The following does not compile, as `load` is private to it:"),
            failed("undefined: load", lacks="load"),
        ),
        (
            PageContext(after="This raises a TypeError."),
            failed("TypeError: f is no tuple", RUNTIME),
        ),
    ],
)
def test_a_sentence_beside_the_block_tells_of_its_error(
    said: PageContext, found: CodeValidationResult
) -> None:
    assert is_announced(said, "", found)


@pytest.mark.parametrize(
    "said",
    [
        PageContext(before="This never throws an exception:"),
        PageContext(before="The following does not throw an exception:"),
        PageContext(before="This might throw an exception:"),
        PageContext(before="Carts are loaded as follows:"),
        PageContext(before="Earlier versions throw an exception. Now load it:"),
        PageContext(before="Old carts throw an exception."),
        PageContext(before="This throws an IllegalStateException:"),
        PageContext(before="The following does not compile:"),
        PageContext(after="Carts throw an exception."),
        PageContext(after="Load it. This throws an exception."),
        NO_CONTEXT,
    ],
)
def test_other_sentences_excuse_nothing(said: PageContext) -> None:
    assert not is_announced(said, "", failed(NULL, RUNTIME))


def test_an_error_without_a_name_is_not_called_by_one() -> None:
    said = PageContext(before="This throws a CartError:")
    assert not is_announced(said, "", failed("exit status 3", RUNTIME))
    syntax = PageContext(before="This throws a SyntaxError:")
    assert is_announced(syntax, "", failed("SyntaxError: Missing initializer in const"))
    assert not is_announced(syntax, "", failed("SyntaxError: Unexpected token ')'"))
    assert not is_announced(syntax, "", replace(failed("SyntaxError: no"), outcome=Outcome.TIMEOUT))


@pytest.mark.parametrize(
    ("output", "found", "is_shown"),
    [
        (
            "./a.go:6:18: too many arguments in call to A",
            "too many arguments in call to A",
            1,
        ),
        (
            "./a.go:6:18: too many arguments in call to A",
            "too many arguments in call to B",
            0,
        ),
        ("a.go:1: undefined: Load", "undefined: Loadqz", 0),
        (f'Exception in thread "main" {NULL}', NULL, 1),
        ('Exception in thread "main" java.lang.NullPointerException', NULL, 1),
        ("it caught a NullPointerException", NULL, 0),
        ("Exception in thread: none", NULL, 0),
        ("TypeError: a is no function", "TypeError: a is not a function", 0),
        ("index.ts:1 - error TS2322: Type", "TS2322: Type 'string' is not assignable", 0),
        ("it is short", "short", 0),
    ],
)
def test_an_output_shows_this_very_error(output: str, found: str, is_shown: int) -> None:
    assert is_announced(PageContext(fence=output), "", failed(found)) is bool(is_shown)


def test_an_output_shows_each_slip_that_there_is() -> None:
    output = PageContext(fence="./a.go:6:18: too many arguments in call to A")
    said = "too many arguments in call to A"
    error = "./main.go:6:18: too many arguments in call to A\n\thave (string)\n"
    assert is_announced(output, "", failed(said, error=error))
    assert not is_announced(
        output, "", failed(said, error=f"{error}./main.go:9:5: undefined: cartqz")
    )


@pytest.mark.parametrize("said", ["expected '}', found 'EOF'", "missing ',' in parameter list"])
def test_a_bracket_is_no_error_that_a_sentence_tells_of(said: str) -> None:
    below = PageContext(after="Running it gives a compilation error.")
    assert is_announced(below, "", failed(LAMBDA))
    assert not is_announced(below, "", failed(said))


def test_an_output_shows_a_name_that_is_missing() -> None:
    output = PageContext(fence="A.java:1: error: cannot find symbol\n  symbol: variable cart")
    said = "cannot find symbol: variable cart"
    assert is_announced(output, "", failed(said, lacks="cart"))
    assert not is_announced(output, "", failed("cannot find symbol: variable carts", lacks="carts"))


@pytest.mark.parametrize("piece", ["get a ", "a.b ", "get an ", "x: error ", "error", "a, ", "! "])
def test_hostile_prose_costs_its_length(piece: str) -> None:
    def judge(text: str) -> None:
        said = PageContext(before=text, after=text, fence=text)
        assert not is_announced(said, "", failed(NULL, RUNTIME))

    assert_linear(judge, piece)
