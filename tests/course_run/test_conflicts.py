"""A block that clashes with one it does not need runs after those that it needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, names, result
from daytona_validate._core.details import failure_details
from daytona_validate._models import CodeValidationResult, EarlierRun, Outcome, Snippet

PASSED, FAILED = Outcome.PASSED, Outcome.RUNTIME_ERROR
SAID = "ValueError: option -p is there already"


def judge(snippet: Snippet, said: str = SAID) -> CodeValidationResult:
    """Judge code that uses names, makes them by `x = 1`, and may add an option but once.

    What starts a command anew forgets the options.
    """
    added: set[str] = set()
    made: set[str] = set()
    earlier: list[EarlierRun] = []
    for code in (*snippet.earlier, snippet.code):
        found = result()
        for number, line in enumerate(code.split("\n"), 1):
            verb, _, name = line.partition(" ")
            if found.outcome is FAILED:
                break
            if verb == "use" and name not in made:
                found = result(FAILED, name, line=number)
            elif verb == "add" and name in added:
                found = replace(result(FAILED, line=number), details=failure_details(said))
            added.update([name] if verb == "add" else [])
            made.update([verb] if name == "= 1" else [])
            added = set() if line == "app = 1" else added
        earlier.append(
            EarlierRun(has_passed=found.outcome is PASSED, missing=found.missing, details=said)
        )
    return replace(found, earlier=tuple(earlier[:-1]))


def outcomes(*codes: str, said: str = SAID) -> tuple[Outcome, str | None]:
    found, _ = finished([*map(block, codes)], lambda snippet: judge(snippet, said))
    last = found[len(codes) - 1]
    return last.outcome, last.completed


def test_only_what_makes_its_names_runs_before_a_block_that_clashes_with_another() -> None:
    assert outcomes("app = 1", "use app\nadd p", "use app\nadd p") == (
        PASSED,
        "1 of the 2 blocks before it, as the others clash with it",
    )


@pytest.mark.parametrize(
    "said",
    [
        "OSError: [Errno 98] Address already in use",
        "Error: listen EADDRINUSE: address already in use :::3000",
        "FileExistsError: [Errno 17] File exists: 'notes'",
    ],
)
def test_a_port_or_a_file_that_a_block_before_it_has_taken_is_a_clash(said: str) -> None:
    codes = ("app = 1", "use app\nadd p", "use app\nadd p")
    assert outcomes(*codes, said=said)[0] is PASSED
    assert outcomes("app = 1\nadd p", "use app\nadd p", said=said)[0] is FAILED


def test_what_its_makers_need_runs_before_it_too() -> None:
    codes = ("base = 1", "use base\nadd p\napp = 1", "use app\nuse base\nadd q", "use app\nadd q")
    assert outcomes(*codes) == (
        PASSED,
        "2 of the 3 blocks before it, as the others clash with it",
    )


def test_a_block_that_then_needs_what_its_reader_gives_is_no_program() -> None:
    def asks(snippet: Snippet) -> CodeValidationResult:
        found = judge(snippet)
        if snippet.code.endswith("input()") and found.outcome is PASSED:
            error = failure_details("EOFError: EOF when reading a line (line 3)")
            line = snippet.code.count("\n") + 1
            said = replace(result(FAILED, line=line), details=error.replace("3", str(line)))
            return replace(said, earlier=found.earlier)
        return found

    codes = ("app = 1", "use app\nadd p", "use app\nadd p\ninput()")
    found, _ = finished([*map(block, codes)], asks)
    assert found[2].outcome is Outcome.NOT_RUNNABLE
    assert found[2].details.endswith("it reads what its reader types")
    found, _ = finished([*map(block, (codes[0], "use app\ninput()"))], asks)
    assert found[1].outcome is Outcome.NOT_RUNNABLE


def test_of_two_that_make_a_name_the_one_without_a_clash_counts() -> None:
    codes = ("app = 1", "app = 1\nadd p", "use app\nadd p")
    assert outcomes(*codes)[0] is PASSED


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("app = 1", "use app\nadd p", "use app\nadd p"), "KeyError: 'p'"),
        (("app = 1", "use app\nadd p", "use app\nadd p\nadd p"), SAID),
        (("app = 1", "use app\nadd p", "use app\nadd p\nuse apq"), SAID),
        (("app = 1\nadd p", "use app\nadd p"), SAID),
        (("app = 1\nadd p", "ap = 1", "use app\nadd p"), SAID),
        (("app = 1\nadd p", "app = 1\nadd p", "use app\nadd p"), SAID),
    ],
    ids=["no clash", "with itself", "a misspelt name", "one block", "its maker", "both makers"],
)
def test_a_clash_of_its_own_stays_a_mistake(codes: tuple[str, ...], said: str) -> None:
    assert outcomes(*codes, said=said)[0] is FAILED


def test_few_runs_are_made_for_one_block() -> None:
    codes = [f"app = 1\nadd p{number}" for number in range(9)]
    last = "use app\n" + "\n".join(f"add p{number}" for number in range(9)) + "\nadd p0"
    _, ran = finished([*map(block, [*codes, last])], judge)
    assert len([each for each in ran if each.code == last]) == 1 + 1 + 4


def test_a_run_that_did_not_begin_is_none() -> None:
    def broken(snippet: Snippet) -> CodeValidationResult:
        is_short = 0 < len(snippet.earlier) < 2
        return result(Outcome.UNAVAILABLE) if is_short else judge(snippet)

    blocks = [*map(block, ("app = 1", "use app\nadd p", "use app\nadd p"))]
    assert finished(blocks, broken)[0][2].outcome is not PASSED


def test_in_sql_an_error_of_a_table_that_is_there_is_another_rule_s() -> None:
    blocks = [
        block(code, language="sql") for code in ("app = 1", "use app\nadd p", "use app\nadd p")
    ]
    found, _ = finished(blocks, lambda each: replace(judge(each), language="sql"))
    assert found[2].outcome is FAILED
    assert names(Snippet(code="x", language="sql")).outcome is PASSED
