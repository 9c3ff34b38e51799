"""What a line includes, in the words of each builder, and what only looks like it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.classify import classify
from daytona_validate._core.includes import Include, includes_of, is_include
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Fault, Limits, Location, Outcome, Snippet
from daytona_validate.testing import ran
from for_each import for_each

from .intakes import refused, taken


def include(path: str, **values: Any) -> Include:
    return Include(path=path, **values)


def beside(path: str, **values: Any) -> Include:
    return Include(path=path, is_beside_page=True, **values)


@for_each(
    ("line", "expected"),
    [
        ('--8<-- "a/b.py"', include("a/b.py")),
        ("  -8<- 'b.py'  ", include("b.py")),
        ('--8<-- "b.py:part-1"', include("b.py", section="part-1")),
        ('--8<-- "b.py:3:5"', include("b.py", first_line=3, last_line=5)),
        ('--8<-- "b.py:3"', include("b.py", first_line=3)),
        ('--8<-- "b.py::5"', include("b.py", last_line=5)),
        ('--8<-- "https://example.org/b.py"', include("https://example.org/b.py")),
        ("{!b.py!}", include("b.py")),
        ("{!b.py!lines=2-4}", include("b.py", first_line=2, last_line=4)),
        ("{!> ../../src/b.py!}", include("../../src/b.py")),
        ("{!> ../b.py[ln:2-4] !}", include("../b.py", first_line=2, last_line=4)),
        ("{* ../../src/b.py *}", include("../../src/b.py")),
        ("{* ../b.py hl[3:4,9] *}", include("../b.py")),
        ("{* ../b.py ln[2:4] hl[3] *}", include("../b.py", first_line=2, last_line=4)),
        ("{{#include b.py}}", beside("b.py")),
        ("{{#include b.py:2}}", beside("b.py", first_line=2, last_line=2)),
        ("{{#include b.py:1}}", beside("b.py", last_line=1)),
        ("{{#include b.py:2:}}", beside("b.py", first_line=2)),
        ("{{#rustdoc_include b.py:here}}", beside("b.py", section="here")),
        ("{{#playground b.py editable}}", beside("b.py")),
        ("<<< @/a/b.js{1,3}", include("@/a/b.js")),
        ("<<< ./b.js#part{2 ts:line-numbers} [a title]", beside("./b.js", section="part")),
        ("<<< ./b.js ts {2|3}", beside("./b.js")),
        ("{{< include b.py >}}", beside("b.py")),
        ('{{% include "b.py" %}}', beside("b.py")),
        ("{% include_relative b.py %}", include("b.py")),
        (".. literalinclude:: b.py", beside("b.py")),
        ("include::b.py[]", beside("b.py")),
    ],
)
def test_a_line_names_a_file_and_what_of_it_is_meant(line: str, expected: Include) -> None:
    assert includes_of(f"\n{line}\n\n") == includes_of(f"\ufeff{line}\r\n") == (expected,)
    assert is_include(line)


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "b.py:1:3,5:6"',
        '--8<-- "b.py:-3:"',
        "{!b.py!lines=1 3-4}",
        '{{< readfile file="b.py" lang="py" >}}',
        '{% include-markdown "b.md" start="a" %}',
        ".. literalinclude:: b.py\n   :pyobject: f",
        ".. literalinclude:: b.py\n   :lines: 1,3",
        "include::b.py[tag=a]",
    ],
)
def test_what_only_a_builder_can_choose_is_an_include_all_the_same(line: str) -> None:
    (found,) = includes_of(line)
    assert "builder" in found.problem


def test_several_files_may_be_included_one_after_the_other() -> None:
    assert includes_of("--8<--\na.py\nb/c.py:2:3\n--8<--\n{!d.py!}\n") == (
        include("a.py"),
        include("b/c.py", first_line=2, last_line=3),
        include("d.py"),
    )
    code = ".. literalinclude:: a.py\n   :linenos:\n   :lines: 2-5\n\n.. literalinclude:: /b.py"
    assert includes_of(code) == (beside("a.py", first_line=2, last_line=5), include("/b.py"))


@for_each(
    "code",
    [
        "",
        "print(1)",
        '--8<-- "b.py"\nprint(1)',
        'x = 1\n--8<-- "b.py"',
        ';--8<-- "b.py"',
        "--8<-- b.py",
        "-- 8< --",
        "--8<--\nselect 1;\n--8<--",
        "--8<--\na.py",
        "--8<--\n--8<--",
        "{a}",
        "{{a}}",
        "{ !b }",
        "<<< EOF",
        "cat <<< a/b",
        "import x",
        ".. note:: b.py",
        "\n".join(["{!b.py!}"] * 201),
        "{!" + "b" * 500 + "!}",
        b"{!b.py!}",
    ],
)
def test_code_is_no_include(code: object) -> None:
    assert includes_of(code) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_include_is_no_program_in_any_language(language: str) -> None:
    """SQL would take it for a comment and pass it; Python fails it at run time."""
    block = Snippet(code='--8<-- "x.py"\n', language=language, is_block=True)
    found = refused(block)
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert found.details == "Code not runnable: the block only includes x.py"
    assert isinstance(taken(replace(block, is_block=False)), Job)


def test_what_is_known_to_be_no_program_says_why() -> None:
    snippet = Snippet(code="x", language="python", not_runnable="only a picture of one")
    assert refused(snippet).details == "Code not runnable: only a picture of one"


def judged(
    code: str, stderr: str, *, included: str | None = None, is_block: bool = True
) -> Verdict:
    location = Location("page.md", 3, included=included)
    snippet = Snippet(code=code, language="python", location=location, is_block=is_block)
    return classify(ran("", stderr, exit_code=1), Job(snippet, LANGUAGES["python"], Limits()))


def failure(line: int) -> str:
    return (
        f'Traceback (most recent call last):\n  File "/work/main.py", line {line}, in <module>\n'
        "TypeError: bad operand type for unary -: 'str'\n"
    )


def test_a_program_that_fails_at_an_include_among_its_lines_is_a_fragment() -> None:
    code = 'print(1)\n--8<-- "x.py"\n-"a"\n'
    assert judged(code, failure(2)).outcome is Outcome.NOT_RUNNABLE
    assert judged(code, failure(3)).outcome is Outcome.RUNTIME_ERROR
    assert judged(code, failure(9)).outcome is Outcome.RUNTIME_ERROR


def test_nobody_includes_a_file_in_what_is_no_block_of_a_page() -> None:
    """A model that answers with such a line has answered wrong."""
    verdict = judged('--8<-- "x.py"\n', failure(1), is_block=False)
    assert (verdict.outcome, verdict.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)


def test_a_line_of_an_included_file_is_said_to_be_one() -> None:
    assert judged("-'a'", failure(1), included="b/x.py").details.endswith("(line 1 of b/x.py)")
    assert judged("-'a'", failure(1)).details.endswith("(line 1)")


@pytest.mark.parametrize(
    "line",
    [
        "{!a" + " " * 490,
        "{!a" + " a" * 240,
        "<<< ./a" + " a" * 240 + "!",
        "<<< ./a" + "{}" * 240 + "!",
        "{{< include " + "a=" * 240,
        "{% include a" + " %" * 240,
        "{{#include a" + " " * 480,
    ],
)
def test_no_line_costs_more_than_a_moment(line: str) -> None:
    started_s = time.process_time()
    assert includes_of(line) == ()
    assert time.process_time() - started_s < 0.1


PARTS = ["--8<--", "{!", "!}", "{*", "*}", "{{", "}}", "<<<", "#include", "{%", "%}", "x.py", ":"]
PARTS += ["'", '"', "[", "]", "ln", "lines=", "1", "-", "3", "#", "@/", "\n", " ", "::", ".. "]


def test_a_region_of_no_file_includes_nothing() -> None:
    assert list(includes_of("<<<#x.py")) == []


@given(parts=st.lists(st.sampled_from(PARTS)), glue=st.sampled_from(["", " "]))
def test_any_text_can_be_looked_at(parts: list[str], glue: str) -> None:
    for found in includes_of(glue.join(parts)):
        assert found.path
        assert found.first_line >= 0
