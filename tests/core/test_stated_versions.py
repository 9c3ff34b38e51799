"""Code for a Python that its page states and that did not run: no mistake, unless it has a slip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import result
from daytona_validate._core.page_context import PageContext
from daytona_validate._core.stated_versions import other_version
from daytona_validate._models import CodeValidationResult, Outcome
from for_each import for_each
from growth import assert_linear

WRONG = "line 2 of the output is '1', expected '4'"


def failed(said: str = WRONG, *, outcome: Outcome = Outcome.WRONG_OUTPUT) -> CodeValidationResult:
    found = result(outcome, line=2)
    return replace(found, details=f"Code execution failed: {said}", runtime="python 3.12.4")


GONE = "NameError: name 'xrange' is not defined (line 2)"


def stated(text: str, said: str = GONE, line: str = "x") -> str | None:
    found = failed(said, outcome=Outcome.RUNTIME_ERROR)
    return other_version(PageContext(before=text), f"x = 1\n{line}\n", found)


@for_each(
    ("text", "named"),
    [
        ("**Output (Python 2.7)**", "Python 2.7"),
        ("Output (< Python3.7 ):", "< Python3.7"),
        ("Output (<= 3.7.x)", "Python <= 3.7.x"),
        ("**Output (Python 2.7- Python 3.5):**", "Python 2.7- Python 3.5"),
        ("Output (Python 3.4 to 3.x specifically)", None),
        ("Output (Python 2.4 to 2.x specifically)", "Python 2.4 to 2.x"),
        ("Output (Python 3.5 or older)", "Python 3.5 or older"),
        ("Python 2", "Python 2"),
        ("Output (Python 3.8, other Python 3 versions may vary)", None),
        ("Output (Python 3)", None),
        ("Output (> 3.5)", None),
        ("Output (Python 3.6 and later)", None),
        ("Output 2", None),
        ("Step 3.5", None),
        ("Trains of Python 2.7", None),
        (f"Output (Python 2.7){' ' * 90}", None),
        ("In Python 2.7, trains had a bell:", "Python 2.7"),
        ("Rails are new. Before Python 3.8 you wrote:", "Before Python 3.8"),
        ("In Python 2 and Python 3 you write:", None),
        ("In Python 3.8, trains got a bell:", None),
        ("Unlike Python 2, trains ring:", None),
        ("In Python 2.7, trains had a bell.", None),
        ("In 2 ways trains ring:", None),
    ],
)
def test_a_caption_or_an_introduction_states_a_version(text: str, named: str | None) -> None:
    assert stated(text) == (named and f"its page says: for {named}; here it is 3.12")


def test_the_first_comment_and_the_caption_of_the_output_state_one_too() -> None:
    around = PageContext(captions=("Output (< 3.x):",))
    assert other_version(around, "x", failed())
    assert other_version(PageContext(), "# Python 2.7\nx", failed())
    assert other_version(PageContext(), ">>> # Python 3.6\n>>> x", failed())
    assert other_version(PageContext(), "x\n# Python 2.7", failed()) is None
    assert other_version(PageContext(before="Output (3.14+)"), "x", failed())


def test_an_introduction_is_no_caption_of_the_output() -> None:
    around = PageContext(before="In Python 2.7, trains had a bell:")
    assert other_version(around, "x", failed()) is None


NO = "has no attribute"


@for_each(
    ("text", "said", "line"),
    [
        ("Python 2", "RuntimeError: dictionary keys changed during iteration", "x"),
        ("Python 3.6", "RuntimeError: generator raised StopIteration", "x"),
        ("Python 2", "SyntaxError: cannot assign to True", "True = 0"),
        ("Python 2", "SyntaxError: Missing parentheses in call to 'print'. Did", "print x"),
        ("Python 2", "SyntaxError: invalid decimal literal", "x = 12L"),
        ("Python 2", "SyntaxError: invalid syntax", "x <> 1"),
        ("Python 3.6", "SyntaxError: invalid syntax", "async = 1"),
        ("Python 3.7", "SyntaxError: 'yield' inside list comprehension", "x"),
        ("Python 2", "NameError: name 'xrange' is not defined", "x"),
        ("Python 2", f"AttributeError: 'dict' object {NO} 'has_key'", "x"),
        ("Python 2", f"AttributeError: 'generator' object {NO} 'next'", "x"),
        ("Python 2", f"AttributeError: 'dict_keys' object {NO} 'sort'", "x"),
        ("Python 3.9", f"AttributeError: module 'collections' {NO} 'Mapping'", "x"),
        ("Python 2", "TypeError: 'dict_keys' object is not subscriptable", "x"),
        ("Python 2", "TypeError: 'float' object cannot be interpreted as an integer", "f(n / 2)"),
    ],
)
def test_what_changed_since_the_version_is_no_mistake(text: str, said: str, line: str) -> None:
    assert stated(text, f"{said} (line 2)", line) is not None
    assert stated("Python 3", f"{said} (line 2)", line) is None


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("In Python 2.7, write it like this:", "IndexError: list index out of range", "values[5]"),
        ("In Python 3.8 it rings:", f"AttributeError: module 'asyncio' {NO} 'coroutine'", "x"),
        ("**Python 2**", "KeyError: 'fare'", "fares['fare']"),
        ("**Python 2**", "NameError: name 'totalqz' is not defined", "totalqz"),
        ("**Python 2**", f"AttributeError: 'dict' object {NO} 'kyes'", "fares.kyes()"),
        ("**Python 2**", f"AttributeError: 'tuple' object {NO} 'sort'", "(3, 1).sort()"),
        ("**Python 2**", f"AttributeError: 'list' object {NO} 'iteritems'", "[].iteritems()"),
        ("**Python 2**", "SyntaxError: '(' was never closed", "f(1"),
        ("**Python 2**", "SyntaxError: invalid decimal literal", "x = 12apples"),
        ("**Python 2**", "SyntaxError: invalid syntax", "for x on y:"),
        ("**Python 2**", "IndentationError: unindent does not match any outer", "  x"),
        ("**Python 2**", "TypeError: f() got an unexpected keyword argument 'a'", "f(a=1)"),
        ("**Python 2**", "TypeError: 'int' object is not subscriptable", "3[0]"),
        ("**Python 2**", "ModuleNotFoundError: No module named 'jsonqz'", "import jsonqz"),
        ("**Python 2**", "ZeroDivisionError: division by zero", "1 / 0"),
        ("**Python 2**", "ValueError: invalid literal for int()", "int('a')"),
        ("**Python 2**", "AssertionError", "assert False"),
        ("Python 3.6", "NameError: name 'xrange' is not defined", "xrange(2)"),
        ("Python 3.9", "SyntaxError: Missing parentheses in call to 'print'. Did", "print x"),
        ("Output (3.14+)", "NameError: name 'xrange' is not defined", "xrange(2)"),
    ],
)
def test_any_other_failure_is_a_mistake_in_every_version(text: str, said: str, line: str) -> None:
    assert stated(text, f"{said} (line 2)", line) is None


def test_a_name_that_the_page_makes_may_be_gone_by_the_version() -> None:
    lacking = failed("NameError: name 'e' is not defined", outcome=Outcome.RUNTIME_ERROR)
    around = PageContext(before="Output (Python 2.x):")
    assert other_version(around, "e", lacking, is_made=True)
    assert other_version(around, "e", lacking) is None
    later = PageContext(before="Output (Python 3.6):")
    assert other_version(later, "e", lacking, is_made=True) is None


@pytest.mark.parametrize(
    "shown", ["<__main__.Train instance at 0x7f>", "<type 'int'>", "12L", "[u'a', u'b']"]
)
def test_what_only_python_2_prints_is_told_by_its_form(shown: str) -> None:
    said = other_version(PageContext(), f">>> x\n{shown}\n", failed())
    assert said == "it shows what Python 2 prints; here it is 3.12"
    assert other_version(PageContext(), f"{shown}\n>>> x\n", failed()) is None


def test_without_a_known_runtime_or_a_fault_nothing_is_said() -> None:
    around = PageContext(before="Output (Python 2.7)")
    for other in (replace(failed(), runtime=None), result(), replace(failed(), language="go")):
        assert other_version(around, "x", other) is None


@pytest.mark.parametrize("text", ["python ", "3.1", "Python 2.", "- ", ">>> #", "or older "])
def test_hostile_pages_take_linear_time(text: str) -> None:
    assert_linear(lambda said: other_version(PageContext(before=said), said, failed()), text)


@pytest.mark.parametrize("text", ["`", "raise ", " ", "0x0", "1", "async "])
def test_hostile_lines_take_linear_time(text: str) -> None:
    for said in ("SyntaxError: invalid syntax", "SyntaxError: invalid decimal literal"):
        assert_linear(lambda line, said=said: stated("Python 2", said, line), text)  # type: ignore[misc]
