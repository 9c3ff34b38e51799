"""Code for a Python that its page states and that did not run: no mistake, unless it has a slip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import result
from daytona_validate._core.said_around import SaidAround
from daytona_validate._core.stated_versions import other_version
from daytona_validate._models import CodeValidationResult, Outcome
from growth import assert_linear

WRONG = "line 2 of the output is '1', expected '4'"


def failed(said: str = WRONG, *, outcome: Outcome = Outcome.WRONG_OUTPUT) -> CodeValidationResult:
    found = result(outcome, line=2)
    return replace(found, details=f"Code execution failed: {said}", runtime="python 3.12.4")


def stated(text: str, said: str = WRONG) -> str | None:
    outcome = Outcome.WRONG_OUTPUT if said == WRONG else Outcome.RUNTIME_ERROR
    return other_version(SaidAround(before=text), "x = 1\nx\n", failed(said, outcome=outcome))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("**Output (Python 2.7)**", "Python 2.7"),
        ("Output (< Python3.7 ):", "< Python3.7"),
        ("Output (<= 3.7.x)", "Python <= 3.7.x"),
        ("**Output (Python 2.7- Python 3.5):**", "Python 2.7- Python 3.5"),
        ("Output (Python 3.4 to 3.x specifically)", None),
        ("Output (3.14+)", "Python 3.14+"),
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
    around = SaidAround(captions=("Output (< 3.x):",))
    assert other_version(around, "x", failed())
    assert other_version(SaidAround(), "# Python 2.7\nx", failed())
    assert other_version(SaidAround(), ">>> # Python 3.6\n>>> x", failed())
    assert other_version(SaidAround(), "x\n# Python 2.7", failed()) is None


@pytest.mark.parametrize(
    ("said", "is_excused"),
    [
        ("RuntimeError: dictionary keys changed during iteration (line 1)", True),
        ("SyntaxError: cannot assign to True (line 1)", True),
        ("NameError: name 'xrange' is not defined (line 1)", True),
        ("AttributeError: 'dict' object has no attribute 'has_key' (line 1)", True),
        ("NameError: name 'totalqz' is not defined (line 1)", False),
        ("AttributeError: 'dict' object has no attribute 'kyes' (line 1)", False),
        ("SyntaxError: '(' was never closed (line 1)", False),
        ("TypeError: f() got an unexpected keyword argument 'a' (line 1)", False),
        ("ModuleNotFoundError: No module named 'jsonqz' (line 1)", False),
    ],
)
def test_a_slip_is_one_in_any_version(said: str, *, is_excused: bool) -> None:
    assert (stated("Output (Python 2.7)", said) is not None) is is_excused


def test_a_name_that_the_page_makes_may_be_gone_by_the_version() -> None:
    lacking = failed("NameError: name 'e' is not defined", outcome=Outcome.RUNTIME_ERROR)
    around = SaidAround(before="Output (Python 2.x):")
    assert other_version(around, "e", lacking, is_made=True)
    assert other_version(around, "e", lacking) is None


@pytest.mark.parametrize(
    "shown", ["<__main__.Train instance at 0x7f>", "<type 'int'>", "12L", "[u'a', u'b']"]
)
def test_what_only_python_2_prints_is_told_by_its_form(shown: str) -> None:
    said = other_version(SaidAround(), f">>> x\n{shown}\n", failed())
    assert said == "it shows what Python 2 prints; here it is 3.12"
    assert other_version(SaidAround(), f"{shown}\n>>> x\n", failed()) is None


def test_without_a_known_runtime_or_a_fault_nothing_is_said() -> None:
    around = SaidAround(before="Output (Python 2.7)")
    for other in (replace(failed(), runtime=None), result(), replace(failed(), language="go")):
        assert other_version(around, "x", other) is None


@pytest.mark.parametrize("text", ["python ", "3.1", "Python 2.", "- ", ">>> #", "or older "])
def test_hostile_pages_take_linear_time(text: str) -> None:
    assert_linear(lambda said: other_version(SaidAround(before=said), said, failed()), text)
