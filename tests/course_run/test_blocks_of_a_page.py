"""Which attempts a page's blocks have, in which order, and which result counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks_of_pages import block, finished, names, result
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage, RunRules, SessionMode
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import NO_MARKS, Marks
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome, Snippet


def test_a_block_that_passes_alone_is_run_once_and_alone() -> None:
    results, ran = finished([block("make x"), block("make y")])
    assert [each.outcome for each in results.values()] == [Outcome.PASSED] * 2
    assert [each.earlier for each in ran] == [(), ()]
    assert results[1].completed is None


def test_a_block_that_lacks_a_name_runs_again_after_those_before_it_that_ran() -> None:
    blocks = [block("make x"), block("fail"), block("use x"), block("make z"), block("use x")]
    results, ran = finished(blocks)
    assert [results[n].outcome for n in (1, 2, 4)] == [
        Outcome.RUNTIME_ERROR,
        Outcome.PASSED,
        Outcome.PASSED,
    ]
    assert [each.earlier for each in ran if each.earlier] == [
        ("make x",),
        ("make x", "use x", "make z"),
    ]
    assert results[2].completed == "the block before it"
    assert results[4].completed == "the 3 blocks before it"


@pytest.mark.parametrize(
    ("before", "code", "details", "line"),
    [
        ("make y", "use x", "runtime_error: x", 1),
        ("make y\nuse y", "use y\nuse x", "runtime_error: x", 2),
        ("make y # x", "use x", "runtime_error: x, also with the block before it", 1),
        ("make x\nuse x", "use x\nfail", "runtime_error: None", 2),
    ],
    ids=["nothing made it", "got further", "same again", "another error"],
)
def test_the_replay_counts_if_it_got_further(
    before: str, code: str, details: str, line: int
) -> None:
    results, _ = finished([block(before), block(code)])
    assert (results[1].details, results[1].error_line) == (details, line)


def test_a_replay_without_a_verdict_leaves_the_block_without_one() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        return result(Outcome.UNAVAILABLE) if snippet.earlier else names(snippet)

    results, _ = finished([block("make x"), block("use x")], judge)
    assert results[1].outcome is Outcome.UNAVAILABLE


def test_an_error_outside_of_the_block_is_not_its_own() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.earlier:
            return result(Outcome.RUNTIME_ERROR, "other", line=None)
        return names(snippet)

    results, _ = finished([block("make x"), block("use x")], judge)
    assert results[1].details == "runtime_error: x, also with the block before it"


def test_an_exit_code_after_the_blocks_before_it_is_the_blocks_own_failure() -> None:
    """It has no line, and no block that is skipped excuses it."""

    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.skip is not None:
            return result(Outcome.SKIPPED)
        if snippet.earlier:
            exited = result(Outcome.RUNTIME_ERROR, line=None)
            return replace(exited, earlier=names(snippet).earlier)
        return names(snippet)

    skipped = block("x = 2")
    skipped = replace(skipped, snippet=replace(skipped.snippet, skip="a mark"))
    results, _ = finished([block("make x"), skipped, block("use x")], judge)
    assert (results[2].outcome, results[2].details) == (
        Outcome.RUNTIME_ERROR,
        "runtime_error: None",
    )


def test_what_a_block_that_passed_makes_is_no_consequence_of_another() -> None:
    blocks = [block("make y\nx = 1 # make"), block("fail\nx = 2"), block("use x")]
    results, _ = finished(blocks)
    assert results[2].outcome is Outcome.RUNTIME_ERROR
    results, _ = finished(blocks[1:])
    assert results[1].outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("code", "is_made"),
    [
        ("const p: P = { a: 1 };", False),
        ("let p: Map<K, P>, q: P;", False),
        ("const { a: P } = f();", True),
        ("let p: K, P: Q;", True),
        ("interface P { a: number }", True),
    ],
)
def test_a_type_that_is_named_is_not_made(code: str, is_made: bool) -> None:
    assert makes(code, "P", language="typescript") is is_made


@pytest.mark.parametrize(
    "blocks",
    [
        [block("make x", page=None), block("use x", page=None)],
        [block("make x"), block("use x", marks=Marks(stands_alone=True))],
        [block("make x", language="sql"), block("use x")],
        [block("make x", marks=Marks(session="other")), block("use x")],
        [block("make x", language="java"), block("use x", language="java")],
    ],
    ids=["no page", "stands alone", "another language", "another session", "no sessions"],
)
def test_these_blocks_are_never_run_after_others(blocks: list[CourseSnippet]) -> None:
    results, ran = finished(blocks)
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert not any(each.earlier for each in ran)


def test_without_sessions_each_block_stands_alone() -> None:
    rules = RunRules(session=SessionMode.NONE)
    results, ran = finished([block("make x"), block("use x")], rules=rules)
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert len(ran) == 2


def test_a_block_that_was_meant_to_fail_runs_before_no_other() -> None:
    failing = block("make x")
    failing = replace(failing, snippet=replace(failing.snippet, should_fail=""))
    results, ran = finished([failing, block("use x")])
    assert results[1].outcome is Outcome.RUNTIME_ERROR
    assert len(ran) == 2


def test_what_is_not_wanted_runs_only_where_it_is_needed() -> None:
    blocks = [block("make x"), block("make y"), block("use x"), block("fail")]
    results, ran = finished(blocks, wanted=[2])
    assert results[2].completed == "the 2 blocks before it"
    assert [each.code for each in ran] == ["use x", "make x", "make y", "use x"]
    _, ran = finished(blocks, wanted=[1])
    assert [each.code for each in ran] == ["make y"]


def test_a_file_of_the_page_stands_beside_a_block_that_imports_it() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        verb, _, module = snippet.code.partition("\n")[0].partition(" ")
        if verb == "import" and f"{module}.py" not in snippet.files:
            return result(Outcome.MISSING_DEPENDENCY, module, kind=MissingKind.MODULE)
        return names(snippet)

    file = block("make cart", marks=Marks(file="cart.py"))
    results, ran = finished([file, block("make x"), block("import cart\nuse x")], judge)
    assert results[2].outcome is Outcome.PASSED
    assert results[2].completed == "the page's cart.py, the 2 blocks before it"
    assert ran[-1].files == {"cart.py": "make cart"}
    assert ran[-1].earlier == ("make cart", "make x")
    other, _ = finished([file, block("import shop")], judge)
    assert other[1].outcome is Outcome.MISSING_DEPENDENCY


_LINES = st.sampled_from(["make a", "make b", "use a", "use b", "fail", "use c"])


@pytest.mark.slow
@given(
    st.lists(st.lists(_LINES, min_size=1, max_size=3), max_size=8),
    st.randoms(),
    st.sampled_from(["python", "javascript", "typescript", "sql", "go", "java"]),
)
def test_no_replay_changes_the_verdict_of_a_block_that_passes_alone(
    pages: list[list[str]], chance: object, language: str
) -> None:
    """In whatever order the runs end; and whatever passes was run after blocks that passed."""
    codes = ["\n".join(lines) for lines in pages]
    blocks = [block(code, language=language) for code in codes]
    results, ran = finished(blocks, order=chance.randrange)  # type: ignore[attr-defined]  # Random
    in_order, _ = finished(blocks)
    assert results == in_order
    passed = {code for n, code in enumerate(codes) if results[n].outcome is Outcome.PASSED}
    for number, each in enumerate(blocks):
        if names(each.snippet).outcome is Outcome.PASSED:
            assert results[number] == result()
        elif results[number].outcome is Outcome.PASSED:
            assert results[number].completed is not None
    assert all(set(snippet.earlier) <= passed for snippet in ran)


def test_of_a_session_the_input_is_asked_whether_it_is_a_program() -> None:
    said = "Code execution failed: SyntaxError: Missing parentheses in call to 'print'."
    failed = replace(result(Outcome.COMPILE_ERROR), details=said)
    session = replace(block("run_session()"), earlier_code="print a")
    results, _ = finished([session, block("run_session()")], lambda _snippet: failed)
    assert [results[n].outcome for n in (0, 1)] == [Outcome.NOT_RUNNABLE, Outcome.COMPILE_ERROR]


def test_what_its_page_calls_an_output_is_no_program_if_it_fails() -> None:
    output = replace(block("fail"), is_output=True)
    results, _ = finished([block("make x"), output, replace(output, snippet=block("y").snippet)])
    assert results[1].details == "Code not runnable: the output of the block before it"
    assert results[2].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("session", "before"),
    [(None, (0, 1)), ("page", (0, 1)), ("section", (1,)), ("none", ())],
    ids=str,
)
@pytest.mark.parametrize("language", ["go", "python"])
def test_what_a_block_may_be_joined_with_is_what_sessions_are_told(
    session: str | None, before: tuple[int, ...], language: str
) -> None:
    sections = ("Tea", "Cake", "Cake", "Cake")
    alone = Marks(stands_alone=True)
    blocks = [
        replace(block("x", language=language, marks=marks), section=section)
        for section, marks in zip(sections, (NO_MARKS, NO_MARKS, NO_MARKS, alone), strict=True)
    ]
    rules = RunRules(session=None if session is None else SessionMode(session))
    page = CoursePage(blocks, rules)
    assert page.before(2) == before
    assert page.before(3) == ()


def test_a_value_of_the_code_above_is_no_program_and_its_like_is() -> None:
    unread = replace(
        result(Outcome.RUNTIME_ERROR, line=1), details="failed: ERROR: syntax error at or near"
    )
    other = replace(
        result(Outcome.RUNTIME_ERROR, line=1), details="failed: ERROR: division by zero"
    )

    def outcome(code: str, failed: CodeValidationResult, above: str = "post.weigh(3)") -> Outcome:
        course = replace(block(code, language="sql"), above=above)
        return finished([course], lambda _snippet: failed)[0][0].outcome

    assert outcome("'3 kg'", unread) is Outcome.NOT_RUNNABLE
    assert outcome("'3 kg'", result(Outcome.COMPILE_ERROR, line=1)) is Outcome.NOT_RUNNABLE
    assert outcome("'3 kg", unread) is Outcome.RUNTIME_ERROR
    assert outcome("'3 kg'", other) is Outcome.RUNTIME_ERROR
    assert outcome("'3 kg'", unread, above="") is Outcome.RUNTIME_ERROR
    assert outcome("'3 kg'", unread, above="kg = 3") is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("made", "shown", "outcome"),
    [("make loud", "loud", Outcome.PASSED), ("make low", "loud", Outcome.WRONG_OUTPUT)],
)
def test_a_session_that_shows_another_output_runs_after_the_blocks_before_it(
    made: str, shown: str, outcome: Outcome
) -> None:
    """What they change may have no name; its outputs have to be as shown all the same."""

    def judge(snippet: Snippet) -> CodeValidationResult:
        is_session = snippet.code == f"say {shown}"
        is_same = any(each == f"make {shown}" for each in snippet.earlier)
        return result(Outcome.WRONG_OUTPUT) if is_session and not is_same else names(snippet)

    session = replace(block(f"say {shown}"), earlier_code=f"say {shown}")
    results, ran = finished([block("fail"), block(made), session], judge)
    assert (results[2].outcome, len(ran)) == (outcome, 4)
    assert results[2].completed == ("the block before it" if outcome is Outcome.PASSED else None)
    plain, ran = finished([block(made), block(f"say {shown}")], judge)
    assert (plain[1].outcome, len(ran)) == (Outcome.WRONG_OUTPUT, 2)
    first, ran = finished([session], judge)
    assert (first[0].outcome, len(ran)) == (Outcome.WRONG_OUTPUT, 1)
    rules = RunRules(session=SessionMode.NONE)
    alone, ran = finished([block(made), session], judge, rules=rules)
    assert (alone[1].outcome, len(ran)) == (Outcome.WRONG_OUTPUT, 2)
