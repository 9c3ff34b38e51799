"""A sentence or a comment that tells of something else excuses no mistake, in any language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, result
from daytona_validate._core.announced_errors import is_announced
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.meant_to_fail import is_meant_to_fail
from daytona_validate._core.page_context import PageContext
from daytona_validate._models import Missing, MissingKind, Outcome
from for_each import for_each

COUTN = "AttributeError: 'list' object has no attribute 'coutn'"
INCOMPATIBLE = "incompatible types: String cannot be converted to int"
OPERAND = 'TypeError: can only concatenate str (not "int") to str'
CLOSED = "SyntaxError: '(' was never closed"
UNDEFINED = "NameError: name 'totl' is not defined"
NULL = "java.lang.NullPointerException: Cannot invoke"


@for_each(
    ("sentence", "said"),
    [
        ("The cart now runs without raising an error:", COUTN),
        ("This code does not throw an exception:", "AttributeError: no attribute 'upper'"),
        ("The index raises a TypeError exception, as this example shows:", "ValueError: 7 is not"),
        ("This raises a TypeError exception:", "ValueError: 7 is not in tuple"),
        ("The following code does not run into errors:", "SyntaxError: expected ':'"),
        ("Find the errors of the program `lint.py` like this:", COUTN),
        ("This raises an error on an empty list:", COUTN),
        ("This does not work on Windows.", COUTN),
        ("This fails when the list is empty.", CLOSED),
        ("We will not run this code in production.", OPERAND),
        ("This does not work well with millions of rows.", COUTN),
        ("This throws an exception when the list is empty:", INCOMPATIBLE),
        ("This function throws an error for negative numbers.", "TS2322: Type 'string' is not"),
        ("This code will panic if the index is too large:", "cannot use 5 (untyped int constant)"),
        ("This will throw if the list is null.", "TypeError: Assignment to constant variable."),
        ("A function that raises an exception if its argument is negative:", OPERAND),
        ("This raises a TypeError if its argument is negative:", OPERAND),
        ("This code raises a TypeError on Windows:", OPERAND),
        ("This code raises a TypeError with Python 2:", OPERAND),
        ("This code raises a TypeError (for a tuple only):", OPERAND),
        ("This code raises no TypeError:", OPERAND),
        ("This code no longer raises a TypeError:", OPERAND),
        ("If the cart is empty: this code raises a TypeError:", OPERAND),
        ("This code raises a TypeError, unless `x` is a number:", OPERAND),
        ("This code raises a TypeError or a ValueError:", OPERAND),
        ("The function above raises a TypeError:", OPERAND),
        ("The loader is old. It raises a TypeError.", OPERAND.replace("Type", "Value")),
        ("This code raises an AttributeError:", COUTN),
        ("This code raises an AttributeError, as `count` is gone:", COUTN),
        ("This code raises a NameError:", UNDEFINED),
        ("This code raises a SyntaxError:", CLOSED),
        ("This code is a syntax error:", CLOSED),
        ("This code does not compile:", "cannot find symbol: variable code"),
        ("This code does not compile:", "undefined: code"),
        ("This code does not compile:", "';' expected"),
        ("This code does not compile without the import:", INCOMPATIBLE),
        ("This code does not compile in Java 8:", INCOMPATIBLE),
        ("This code does compile:", INCOMPATIBLE),
        ("This code throws a NullPointerException:", INCOMPATIBLE),
        ("This fails with a `division by zero`:", 'ERROR: syntax error at or near "selct"'),
        ("This fails with an error:", 'ERROR: relation "costumers" does not exist'),
        ("This query fails with ERROR:", 'ERROR: relation "costumers" does not exist'),
        ("This throws a TypeError:", "ReferenceError: totl is not defined"),
        ("This throws a TypeError:", "TypeError: words.fliter is not a function"),
        ("如果列表为空，以下代码无法编译：", INCOMPATIBLE),  # noqa: RUF001 - as pages have it
    ],
)
@for_each("outcome", [Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR])
def test_a_sentence_that_excuses_nothing(sentence: str, said: str, outcome: Outcome) -> None:
    failed = replace(result(outcome), details=failure_details(f"{said} (line 1)"), error_line=1)
    for language in ("python", "java", "go", "javascript", "typescript", "sql"):
        found = replace(failed, language=language)
        for context in (PageContext(before=sentence), PageContext(after=sentence)):
            assert not is_announced(context, "f()\n", found)


@for_each(
    ("line", "language", "said"),
    [
        ("return x.uper()  # raises AttributeError if x is None", "python",
         "AttributeError: 'str' object has no attribute 'uper'"),
        ("n.val  # AttributeError when n is None", "python",
         "AttributeError: 'Node' object has no attribute 'val'"),
        ("n.val  # AttributeError: a val has no such thing", "python",
         "AttributeError: 'Node' object has no attribute 'val'"),
        ("n + 1  # TypeError if n is a str", "python", OPERAND),
        ("n + 1  # avoids a TypeError", "python", OPERAND),
        ("n + 1  # no more TypeError", "python", OPERAND),
        ("n + 1  # fails, if n is a str", "python", OPERAND),
        ("n + 1  # raises: never", "python", OPERAND),
        ("f(a)  # may raise TypeError", "python", OPERAND),
        ("f(a); // throws a TypeError unless a is a list", "javascript", "TypeError: a is no list"),
        ("f(a); // Error", "javascript", "TypeError: fx is not a function"),
        ("int a = b; // compile error, without the cast", "java", INCOMPATIBLE),
        ("private int a = (b; // compile error", "java", "illegal start of expression"),
        ("var a int = b // error: for strings", "go", "cannot use b as int value"),
        ("select 1 / n; -- error if n is 0", "sql", 'ERROR: column "n" does not exist'),
    ],
)  # fmt: skip
def test_a_comment_that_excuses_nothing(line: str, language: str, said: str) -> None:
    for outcome in (Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR):
        failed = replace(result(outcome), details=failure_details(f"{said} (line 1)"), error_line=1)
        assert not is_meant_to_fail(block(line, language), replace(failed, language=language))


def test_a_name_used_twice_is_declared_nowhere() -> None:
    code = 'helper.go("x");\nhelper.go("y"); // compile error\n'
    said = failure_details("cannot find symbol: variable helper (line 2)")
    failed = replace(result(Outcome.COMPILE_ERROR), details=said, error_line=2)
    failed = replace(failed, missing=Missing(MissingKind.NAME, "helper"))
    assert not is_meant_to_fail(block(code, "java"), failed)
    assert is_meant_to_fail(block(f"{{ int helper = 1; }}\n{code[16:]}", "java"), failed)


TYPES = 'int a = "x"; // compile error\n'
FOO = "Foo f; // error: cannot find symbol: class Foo\n"
ILLEGAL = "illegal start of expression"
STRNG = "Main.java:2: error: cannot find symbol\nStrng s;\n^\n  symbol:   class Strng\n"


@pytest.mark.parametrize(
    ("language", "code", "first", "second"),
    [
        ("java", f"{TYPES}Strng s;\n", INCOMPATIBLE, STRNG),
        ("java", f"{FOO}Strng s;\n", "cannot find symbol: class Foo", STRNG),
        ("java", f"{FOO}Fo s;\n", "cannot find symbol: class Foo", STRNG.replace("Strng", "Fo")),
        ("java", f"{TYPES}f(1;\n", INCOMPATIBLE, "FragmentMembers.java:2: error: ')' expected\n"),
        ("java", f"{TYPES}f(1;\n", INCOMPATIBLE, "shop/Cart.java:2: error: ')' expected\n"),
        ("java", f"{TYPES}}}\n", INCOMPATIBLE,
         "Main.java:2: error: class, interface, enum, or record expected\n"),
        ("go", 'var a int = "x" // compile error\nprnt(a)\n', "cannot use x as int value",
         "./main.go:2:1: undefined: prnt\n"),
        ("go", "prnt(1) // error: undefined: prnt\nprnt(2)\n", "undefined: prnt",
         "./main.go:2:1: undefined: prnt\n"),
    ],
)  # fmt: skip
def test_an_error_on_purpose_excuses_none_in_the_next_line(
    language: str, code: str, first: str, second: str
) -> None:
    message, _, symbol = first.partition(": ")
    place = "Main.java:1: error: " if language == "java" else "./main.go:1:5: "
    own = f"{place}{message}\n  symbol:   {symbol}\n" if "symbol" in first else f"{place}{first}\n"
    details = failure_details(f"{first} (line 1)")
    failed = replace(result(Outcome.COMPILE_ERROR, language=language, line=1), details=details)
    assert is_meant_to_fail(block(code, language), replace(failed, error=own))
    assert not is_meant_to_fail(block(code, language), replace(failed, error=own + second))
    elsewhere = second.replace("Main.java", "Earlier2.java").replace("main.go", "earlier2.go")
    is_elsewhere = elsewhere != second
    assert is_meant_to_fail(block(code, language), replace(failed, error=own + elsewhere)) is (
        is_elsewhere
    )


def test_what_follows_from_a_refused_modifier_is_no_slip() -> None:
    code = "void f() {\nstatic int a = 1; // compile error: static\n}\n}\n"
    error = f"Main.java:2: error: {ILLEGAL}\nMain.java:4: error: class, interface, enum, or record "
    failed = result(Outcome.COMPILE_ERROR, f"{error}expected\n", language="java", line=2)
    failed = replace(failed, details=failure_details(f"{ILLEGAL} (line 2)"))
    assert is_meant_to_fail(block(code, "java"), failed)
    worse = f"{failed.error}Main.java:4: error: ';' expected\n"
    assert not is_meant_to_fail(block(code, "java"), replace(failed, error=worse))


@pytest.mark.parametrize(
    ("before", "fence", "is_said"),
    [
        ("This code does not compile, as `Foo` is another module's:", "", False),
        ("This code does not compile, as nothing declares `Foo` and `Strng`:", "", True),
        ("", "error: cannot find symbol\n symbol: class Foo", False),
        ("", "error: cannot find symbol\n symbol: class Foo\n symbol: class Strngs", False),
        ("", "error: cannot find symbol\n symbol: class Foo\n symbol: class Strng", True),
    ],
)
def test_an_announced_symbol_announces_no_other(before: str, fence: str, *, is_said: bool) -> None:
    symbol = "Main.java:{}: error: cannot find symbol\n  symbol:   class {}\n"
    error = symbol.format(1, "Foo") + symbol.format(2, "Strng")
    details = failure_details("cannot find symbol: class Foo (line 1)")
    failed = result(Outcome.COMPILE_ERROR, error, details=details, language="java", line=1)
    failed = replace(failed, missing=Missing(MissingKind.TYPE, "Foo"))
    context = PageContext(before=before, fence=fence)
    assert is_announced(context, "Foo f;\nStrng s;\n", failed) is is_said


INVALID = "SyntaxError: invalid syntax"
TWICE = "SyntaxError: Identifier 'till' has already been declared"


@for_each(
    ("language", "code", "said", "line"),
    [
        ("python", "@shop.route('/till'\ndef till(): ...", CLOSED, 1),
        ("python", "@shop.route('/till'))\ndef till(): ...", "SyntaxError: unmatched ')'", 1),
        ("python", "@shop.route('/till')\ntill = 1", INVALID, 2),
        ("python", "shop\n.open()", INVALID, 2),
        ("python", "def till(shop)\n    return shop", "SyntaxError: expected ':'", 1),
        ("python", "def till(shop)\nprint(till(1))", "SyntaxError: expected ':'", 1),
        ("python", "open(till) -> shop.close()", INVALID, 1),
        ("javascript", "shop;\n.open();", "SyntaxError: Unexpected token '.'", 2),
        ("javascript", ".open((a => a);", "SyntaxError: Unexpected token '.'", 1),
        ("javascript", "const till = 1;\n// the till\nconst till = 2;", TWICE, 3),
        ("javascript", "const till = 1;\n\nconst till = 2;", TWICE, 3),
        ("javascript", "const till = { coins: 1: 2 };", "SyntaxError: Unexpected token ':'", 1),
        ("javascript", "open(till: 1)", "SyntaxError: Unexpected token ':'", 1),
        ("javascript", "expct(till).toBe(1)", "ReferenceError: expct is not defined", 1),
        ("typescript", "open(till: nubmer) {", "TS1005: ',' expected.", 1),
        ("typescript", "let a: Box<typeof till> = ;", "TS1109: Expression expected.", 1),
        (
            "typescript",
            "function a(b: c): d;\na(1);",
            "TS2391: Function implementation",
            1,
        ),
        (
            "typescript",
            "const a = () => 1;\nreturn a(",
            "TS1108: A 'return' statement",
            1,
        ),
        ("java", "int coins = Math.max(1, 2)", "';' expected", 1),
        ("java", "Till till = new Till(1)", "';' expected", 1),
        ("java", "@Overide\npublic void open() {}", "illegal start of type", 1),
        ("java", "till\n.open(;", "illegal start of expression", 2),
        ("go", "func till() int\nfmt.Println(till())", "missing function body", 1),
        ("sql", "SELCT(coins) FROM till;", 'ERROR: syntax error at or near "SELCT"', 1),
        ("sql", "count(coins) FROM till", 'ERROR: syntax error at or near "count"', 1),
        ("sql", "selct(coins)", 'ERROR: syntax error at or near "selct"', 1),
    ],
)
def test_what_only_looks_like_a_part_of_a_program(
    language: str, code: str, said: str, line: int
) -> None:
    details = failure_details(f"{said} (line {line})")
    error = f"index.ts({line},1): error {said}\n    ^^"
    outcome = Outcome.RUNTIME_ERROR if language == "sql" else Outcome.COMPILE_ERROR
    failed = result(outcome, error, details=details, language=language, line=line)
    assert no_program(block(code, language), failed) is None
