"""A block that fails in a line whose comment says so has failed on purpose; any other has not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.meant_to_fail import as_meant_result, is_meant_to_fail
from daytona_validate._models import (
    CodeValidationResult,
    Fault,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
    Stage,
)
from for_each import for_each
from growth import assert_linear

TYPE_ERROR = "TypeError: Assignment to constant variable. (line 2)"


def result_of(
    said: str, *, line: int | None = 2, outcome: Outcome = Outcome.RUNTIME_ERROR
) -> CodeValidationResult:
    return CodeValidationResult(
        skill="",
        status="Failure",
        output="",
        error=None,
        execution_time=0.1,
        details=f"Code execution failed: {said}",
        outcome=outcome,
        fault=Fault.SNIPPET,
        stage=Stage.RUN,
        language="",
        provider="",
        error_line=line,
    )


def block(line: str, language: str = "javascript") -> Snippet:
    return Snippet(code=f"first\n{line}\nlast\n", language=language, is_block=True)


@for_each(
    ("line", "language", "said"),
    [
        ("a = 1; // TypeError", "javascript", TYPE_ERROR),
        ("a = 1; // throws a TypeError: a is constant", "javascript", TYPE_ERROR),
        ("a = 1; // Error: a is constant", "javascript", TYPE_ERROR),
        ("a = 1 // error!", "javascript", TYPE_ERROR),
        ("a = 1; // Assignment to constant variable.", "javascript", TYPE_ERROR),
        ("x / 0  # ZeroDivisionError", "python", "ZeroDivisionError: division by zero (line 2)"),
        ("x / 0  # raises an error", "python", "ZeroDivisionError: division by zero (line 2)"),
        ("x / 0  # -> fails", "python", "ZeroDivisionError: division by zero (line 2)"),
        ("int x = s; // compile error", "java", "incompatible types: String (line 2)"),
        ("x := 1 // compile error: x redeclared", "go", "no new variables (line 2)"),
        ("x = 'a' // does not compile", "typescript", "TS2322: Type 'string' is not (line 2)"),
        ("a.coutn()  # AttributeError", "python", "AttributeError: no attribute 'coutn' (line 2)"),
        (
            "n.val  # raises an `AttributeError`!",
            "python",
            "AttributeError: no attribute 'val' (line 2)",
        ),
        ("print(a)  # NameError: a", "python", "NameError: name 'a' is not defined (line 2)"),
        ("fmt.Println(a1) // undefined: a1", "go", "undefined: a1 (line 2)"),
        ("a1 = 2 // error: undefined: a1", "go", "undefined: a1 (line 2)"),
        ('s("//"); // Error', "javascript", TYPE_ERROR),
        ("a.b; // Error", "typescript", "TS2339: Property 'b' does not exist on type 'A'."),
        ("INSERT 1; -- ERROR: duplicate", "sql", "ERROR: duplicate key (line 2)"),
        ("int x = s; // 编译错误: x", "java", "incompatible types: String (line 2)"),
    ],
)
def test_errors_on_purpose(line: str, language: str, said: str) -> None:
    assert is_meant_to_fail(block(line, language), result_of(said))


@pytest.mark.parametrize(
    "line",
    [
        "a = 1;",
        "// TypeError",
        "a = 1; // ReferenceError: a",
        "a = 1; // error handling",
        "a = 1; // no error",
        "a = 1; // errors are told",
        "a = 1; // the type",
        "a = 1; // variable",
        "a = 1; // raises the value",
        "a = 1; # TypeError",
    ],
)
def test_other_comments_excuse_nothing(line: str) -> None:
    assert not is_meant_to_fail(block(line), result_of(TYPE_ERROR))


@for_each(
    ("above", "is_meant"),
    [
        ("// Error, a is constant", True),
        ("  // This will throw a `TypeError`", True),
        ("// it fails because a is constant", True),
        ("// throws", True),
        ("// Error, as it is seen on a", True),
        ("// Error, as it is seen on Windows", False),
        ("// Error, if on a", False),
        ("// 编译错误", True),
        ("// throws a ReferenceError", False),
        ("// TypeError", False),
        ("// so that there is no TypeError", False),
        ("// raises the value", False),
        ("// this raises the value by one", False),
        ("// Error handling", False),
        ("a = 2; // Error", False),
        ("# Error", False),
        ("", False),
    ],
)
def test_a_comment_above_that_begins_so(above: str, *, is_meant: bool) -> None:
    code = replace(block("a = 1;"), code=f"let b;\n{above}\na = 1;\n// Error\n")
    assert is_meant_to_fail(code, result_of(TYPE_ERROR, line=3)) is is_meant
    assert not is_meant_to_fail(code, result_of(TYPE_ERROR, line=1))


@for_each(
    ("line", "language", "said"),
    [
        ("a.eror  # error", "python", "AttributeError: no attribute 'eror' (line 2)"),
        ("n.val  # AttributeError below", "python", "AttributeError: no attribute 'val' (line 2)"),
        ("x = eror()  # fails", "python", "NameError: name 'eror' is not defined (line 2)"),
        ("import jsn  # error", "python", "ModuleNotFoundError: No module named 'jsn'"),
        ("x = (  # error", "python", "SyntaxError: '(' was never closed (line 2)"),
        ("print(r.eror)  # Error: not found", "python", "AttributeError: no attribute 'eror'"),
        ("print(1 / 0)  # error", "python", "ZeroDivisionError: division by zero (line 2)"),
        ("f(x)  # Error: division by zero", "python", "NameError: name 'f' is not defined"),
        ("console.log(b); // Error: boom", "javascript", "ReferenceError: b is not defined"),
        ("a.f(); // Error: boom", "javascript", "TypeError: a.f is not a function (line 2)"),
        ('ftch("https://error.org/")', "javascript", "ReferenceError: ftch is not defined"),
        ('ftch("https:// error: a")', "javascript", "ReferenceError: ftch is not defined"),
        ("a('// error');", "javascript", TYPE_ERROR),
        ("`x // error", "javascript", TYPE_ERROR),
        ("fmt.Printn(x) // Error: a", "go", "undefined: fmt.Printn (line 2)"),
        ("fmt.Println(x + 1) // error", "go", "mismatched types int and string (line 2)"),
        ("strng; // Error", "typescript", "TS2304: Cannot find name 'strng'. (line 2)"),
        ("a.lenght; // Error", "typescript", "TS2551: Property 'lenght' does not exist. Did you"),
        ("let = ; // error", "typescript", "TS1005: ';' expected. (line 2)"),
        ('Strng s = "a"; // error', "java", "cannot find symbol: class Strng (line 2)"),
        ("int s = // error", "java", "illegal start of expression (line 2)"),
        ("int s = 1 // error", "java", "';' expected (line 2)"),
        ("selct * from t; -- error: none", "sql", 'ERROR: syntax error at or near "selct"'),
        ("select '-- error';", "sql", "ERROR: division by zero (line 2)"),
        ("insert into u values (1); -- error", "sql", 'ERROR: relation "u" does not exist'),
    ],
)
def test_a_word_excuses_no_slip_of_the_pen(line: str, language: str, said: str) -> None:
    assert not is_meant_to_fail(block(line, language), result_of(said))


def test_a_comment_above_excuses_no_slip_of_the_pen() -> None:
    slip, named = "NameError: name 'eror' is not defined (line 3)", "# raises a NameError: eror"
    code = replace(block("a", "python"), code="'''\n# error\n''' + eror\n# fails:\neror\n")
    assert not is_meant_to_fail(code, result_of(slip, line=3))
    assert not is_meant_to_fail(code, result_of("TypeError: a (line 3)", line=3))
    assert not is_meant_to_fail(code, result_of(slip, line=5))
    assert is_meant_to_fail(code, result_of("TypeError: a (line 5)", line=5))
    unnamed = replace(code, code=code.code.replace("# fails:", "# raises a NameError"))
    assert not is_meant_to_fail(unnamed, result_of(slip, line=5))
    code = replace(code, code=code.code.replace("# fails:", named))
    assert is_meant_to_fail(code, result_of(slip, line=5))


def test_a_word_does_not_excuse_what_is_missing() -> None:
    missing = replace(result_of("no such"), missing=Missing(MissingKind.NAME, "a"))
    assert not is_meant_to_fail(block("a(); // error"), missing)


@pytest.mark.parametrize(
    "result",
    [
        result_of(TYPE_ERROR, line=1),
        result_of(TYPE_ERROR, line=3),
        result_of(TYPE_ERROR, line=9),
        result_of(TYPE_ERROR, line=None),
        result_of(TYPE_ERROR, outcome=Outcome.TIMEOUT),
        result_of(TYPE_ERROR, outcome=Outcome.PASSED),
    ],
)
def test_an_error_elsewhere_or_of_another_kind_is_not_excused(result: CodeValidationResult) -> None:
    assert not is_meant_to_fail(block("a = 1; // TypeError"), result)


def test_a_program_that_stands_alone_is_not_excused() -> None:
    alone = replace(block("a = 1; // TypeError"), is_block=False)
    assert not is_meant_to_fail(alone, result_of(TYPE_ERROR))


@pytest.mark.parametrize(
    ("top", "language", "is_meant"),
    [
        ("// @errors: 2322", "typescript", True),
        ("// @errors: 2304 2322", "typescript", True),
        ("// @errors: 2304", "typescript", False),
        ("// errors: 2322", "typescript", False),
        ("// @errors: 2322", "javascript", False),
    ],
)
def test_errors_that_twoslash_expects(top: str, language: str, is_meant: bool) -> None:
    code = Snippet(code=f"{top}\nlet a: string = 1;\n", language=language, is_block=True)
    found = result_of("TS2322: Type 'number' is not (line 2)", outcome=Outcome.COMPILE_ERROR)
    assert is_meant_to_fail(code, found) is is_meant


def test_failed_as_meant_has_passed() -> None:
    passed = as_meant_result(result_of(TYPE_ERROR))
    assert (passed.outcome, passed.fault, passed.status) == ("passed", "none", "Success")
    assert (passed.error_line, passed.missing) == (None, None)
    assert passed.details == f"Failed as expected: {TYPE_ERROR}"


@pytest.mark.parametrize("piece", ["a", "// ", "error", " an ", "'", "-", "_", "TypeError", "A."])
def test_hostile_lines_cost_their_length(piece: str) -> None:
    assert_linear(lambda text: is_meant_to_fail(block(f"x // {text}"), result_of(text)), piece)


OUT_OF_REACH = "cannot find symbol: variable speed (line 2)"


@pytest.mark.parametrize(
    ("line", "language", "said"),
    [
        ("static int a = 1; // compile error: static", "java",
         "illegal start of expression (line 2)"),
        ("static int a = 1; // 编译错误: static", "java", "illegal start of expression (line 2)"),
        ("say(null.a); // Error: Cannot read property 'a' of null", "javascript",
         "TypeError: Cannot read properties of null (reading 'a')"),
        ("console.log(a1); // Error: a1 is not defined", "javascript",
         "ReferenceError: a1 is not defined (line 2)"),
    ],
)  # fmt: skip
def test_a_compile_error_and_older_words_on_purpose(line: str, language: str, said: str) -> None:
    failed = replace(result_of(said), outcome=Outcome.COMPILE_ERROR)
    assert is_meant_to_fail(block(line, language), failed)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("f(a; // compile error", "')' expected (line 2)"),
        ("static int a = 1; // error", "illegal start of expression (line 2)"),
        ("a.b; // Error: Cannot read property 'c' of null",
         "TypeError: Cannot read properties of null (reading 'b')"),
    ],
)  # fmt: skip
def test_a_bracket_and_another_property_are_no_purpose(line: str, said: str) -> None:
    failed = replace(result_of(said), outcome=Outcome.COMPILE_ERROR)
    assert not is_meant_to_fail(block(line, "java"), failed)


def test_a_name_out_of_reach_is_meant_and_a_misspelt_one_is_not() -> None:
    line = "System.out.println(speed); // compile error"
    failed = replace(result_of(OUT_OF_REACH), missing=Missing(MissingKind.NAME, "speed"))
    failed = replace(failed, outcome=Outcome.COMPILE_ERROR)
    assert not is_meant_to_fail(block(line, "java"), failed)
    near = replace(block(line, "java"), code=f"{{ int speed = 1; }}\n{line}\n// speed")
    assert is_meant_to_fail(near, failed)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a = 1; // error", "ReferenceError: Cannot access 'a' before initialization (line 2)"),
        ("let a; // Error", "SyntaxError: Identifier 'a' has already been declared (line 2)"),
    ],
)
def test_a_word_alone_means_errors_that_no_slip_leads_to(line: str, said: str) -> None:
    assert is_meant_to_fail(block(line), result_of(said))
    assert not is_meant_to_fail(block(line), result_of("TypeError: a.f is not a function (line 2)"))


@pytest.mark.parametrize(
    ("below", "is_meant"),
    [
        ("//  ~~~ Error: Property 'b' does not exist on type 'A'.", True),
        ("// Property 'b' does not exist on type 'A'.", True),
        ("// Error", False),
        ("// Property 'c' does not exist on type 'A'.", False),
        ("c(); // Property 'b' does not exist on type 'A'.", False),
    ],
)
def test_a_comment_below_must_quote_the_error(below: str, *, is_meant: bool) -> None:
    code = replace(block("a.b;", "typescript"), code=f"let a: A;\na.b;\n{below}\n")
    said = result_of("TS2339: Property 'b' does not exist on type 'A'. (line 2)")
    assert is_meant_to_fail(code, said) is is_meant
