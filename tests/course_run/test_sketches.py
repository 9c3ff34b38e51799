"""What a block's comments say of a name that it lacks, and files that its reader brings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.files_of_a_page import (
    is_readers,
    makes_file,
    named_file,
    package_of_block,
)
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.site import Site
from daytona_validate._course_run.sketches import left_out
from daytona_validate._courses.marks import Marks
from daytona_validate._models import CodeValidationResult, Missing, MissingKind, Outcome
from for_each import for_each
from growth import assert_linear

DOTS = "'...' in a comment stands for what makes ticket"


def lacking(name: str, kind: MissingKind = MissingKind.NAME) -> Missing:
    return Missing(kind, name)


def judged(
    code: str,
    name: str,
    *others: str,
    kind: MissingKind = MissingKind.NAME,
    language: str = "python",
) -> CodeValidationResult:
    page = CoursePage([block(each, language=language) for each in (code, *others)], RunRules())
    return as_gap(page, 0, result(Outcome.RUNTIME_ERROR, name, kind=kind, language=language))


@for_each(
    ("code", "reason"),
    [
        ("# def ride(self, ticket):\nprint(ticket)", "a part of ride, whose parameter ticket is"),
        ("# async def ride(\nprint(ticket)", None),
        (
            "# ... ticket is bought ...\nprint(ticket)",
            DOTS,
        ),
        ("# ticket is bought …\nprint(ticket)", DOTS),
        ("# Conceptual: the gate\nticket(1)", "a sketch, as it says: Conceptual: the gate"),
        ("# Excerpt from gate.py\nticket()", "a sketch, as it says: Excerpt from gate.py"),
        ("# the gate (conceptual)\nticket()", "a sketch, as it says: the gate (conceptual)"),
        ("ticket  # any ride", "ticket stands for an example, as the comment says"),
        ("ticket  # the ride", None),
        ("ticket()  # some ride", None),
        ("# a ticket is bought\nprint(ticket)", None),
        ("x = 1\n\n\n# Conceptual\nticket()", None),
        ("# def ride(ticket):\ntickets = 1\nprint(ticket)", None),
        ("# Conceptual\nticket1, ticke = 1, 2\nticket()", None),
    ],
)
def test_comments_tell_of_what_is_left_out(code: str, reason: str | None) -> None:
    assert left_out(code, lacking("ticket")) == reason
    assert left_out(code, lacking("ticket", MissingKind.MODULE)) is None
    assert left_out(code, lacking("t.x")) is None


@for_each(
    ("code", "name"),
    [
        ("# Simplified version: two dimensions only\nprint(math.sqrt(2))", "math"),
        ("# we use math for the root ...\nprint(math.sqrt(2))", "math"),
        ("# def area(math):\nprint(math.sqrt(2))", "math"),
        ("# Conceptual\ncounts = Counter()", "Counter"),
        ("# Conceptual\npritn(1)", "pritn"),
        ("# Conceptual\nwagon = Pth('a')", "Pth"),
        ("# Simplified: one gate\nticket()", "ticket"),
        ("# the gate (simplified)\nticket()", "ticket"),
        ("# Sketch the line of the gate\nticket()", "ticket"),
        ("# fragment the text into words\nticket()", "ticket"),
        ("# Conceptual\nprint(fares)", "fares"),
        ("# Conceptual\nprint(gate.fares())", "fares"),
        ("print(fares)\n# fares go on …", "fares"),
    ],
)
def test_a_comment_hides_no_forgotten_import_and_no_slip(code: str, name: str) -> None:
    assert left_out(code, lacking(name)) is None


def test_a_sketch_is_not_runnable_unless_its_page_makes_the_name() -> None:
    code = "# Conceptual\nticket()"
    assert judged(code, "ticket").outcome is Outcome.NOT_RUNNABLE
    assert judged(code, "ticket", language="go").outcome is Outcome.RUNTIME_ERROR
    in_function = "def issue():\n    ticket = 1"
    assert judged(code, "ticket", in_function).outcome is Outcome.RUNTIME_ERROR


def test_a_function_that_a_later_block_defines_is_waited_for() -> None:
    found = judged("ring()", "ring", "def ring(): ...")
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert "which a later block defines" in found.details
    assert judged("ring()", "ring", "def rings(): ...").outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("code", "others", "is_open"),
    [
        ("open('fares.csv')", [], True),
        ("open('fares.csv')", ["open('fares.csv').read()"], True),
        ("open(name)", [], False),
        ("open('fares.csv')", ["open('fares.csv', 'w')"], False),
        ("open('fares.csv')", ["numpy.save('fares', a)"], False),
        ("open('fares.csv')", ["Path('fares.csv').open('w')"], False),
        ("open('fares.csv'); marks = {'lowest': 'a'}", [], True),
        ("open('fares.csv')", ["open('fare.csv')"], False),
        ("open('fares.csv')", ["open('out/fares.csv', 'w')"], False),
        ("open('fares.csv')", ["open('Fares.csv', 'w')"], False),
        ("open('fares.csv')", ["open('out/fares.csv')"], True),
    ],
)
def test_a_file_that_no_block_makes_is_its_readers(
    code: str, others: list[str], *, is_open: bool
) -> None:
    is_named = named_file(lacking("fares.csv", MissingKind.FILE), code, "python") is not None
    assert (is_named and is_readers("fares.csv", code, others)) is is_open
    found = judged(code, "fares.csv", *others, kind=MissingKind.FILE)
    assert (found.outcome is Outcome.NOT_RUNNABLE) is is_open
    other = judged(code, "fares.csv", kind=MissingKind.FILE, language="sql")
    assert other.outcome is Outcome.RUNTIME_ERROR


MODULE = MissingKind.MODULE


@pytest.mark.parametrize(
    ("code", "name", "language", "found"),
    [
        ("import f from '../lib/fares.js'", "/lib/fares.js", "javascript", "../lib/fares.js"),
        ("import f from './fares.js'", "/work/fares.js", "javascript", "./fares.js"),
        ("require('./fares')", "./fares", "javascript", "./fares"),
        ("import f from '../fares'", "../fares", "typescript", "../fares"),
        ("import f from 'fares'", "fares", "javascript", None),
        ("import f from './fare'", "/work/fares.js", "javascript", None),
        ("from fares import f", "fares", "python", None),
    ],
)
def test_a_module_by_its_path_is_a_file(
    code: str, name: str, language: str, found: str | None
) -> None:
    assert named_file(lacking(name, MODULE), code, language) == found
    outcome = judged(code, name, kind=MODULE, language=language).outcome
    assert (outcome is Outcome.NOT_RUNNABLE) == (found is not None)


def test_a_module_that_a_block_or_a_file_of_the_site_nearly_is_stays_a_mistake() -> None:
    code, name = "require('./fares')", "./fares"

    def outcome(title: str | None = None, *files: str) -> Outcome:
        titled = replace(block("x", language="javascript"), marks=Marks(file=title))
        page = CoursePage(
            [block(code, language="javascript"), titled],
            RunRules(),
            site=Site(files=frozenset(files)),
        )
        failed = result(Outcome.RUNTIME_ERROR, name, kind=MODULE, language="javascript")
        return as_gap(page, 0, failed).outcome

    assert outcome() is outcome("bus.js", "bus.js", "bus") is Outcome.NOT_RUNNABLE
    assert outcome("bus.js", "fares.js", "fares") is Outcome.NOT_RUNNABLE
    assert outcome("faers.js") is Outcome.RUNTIME_ERROR
    assert outcome(None, "faers.js", "faers") is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        ("from .fares import f", "relative import", ".fares"),
        ("if x:\n    from .. import f", "relative import", ".."),
        ("# from .fares import f", "relative import", None),
        ("from .fares import f", "fares", None),
    ],
)
def test_a_relative_import_is_of_a_package(code: str, name: str, found: str | None) -> None:
    assert package_of_block(lacking(name, MODULE), code, "python") == found
    outcome = judged(code, name, kind=MODULE).outcome
    assert (outcome is Outcome.NOT_RUNNABLE) == (found is not None)


def test_a_file_that_a_failed_block_would_have_made_is_told_with_it() -> None:
    lost = result(Outcome.MISSING_DEPENDENCY, "numpy", kind=MissingKind.MODULE)
    reads = result(Outcome.RUNTIME_ERROR, "fares.npy", kind=MissingKind.FILE)
    codes = {"numpy.save('fares', [1])": lost, "open('fares.npy')": reads}
    found, _ = finished([block(each) for each in codes], lambda snippet: codes[snippet.code])
    assert found[1].outcome is Outcome.SKIPPED
    assert "it needs 'fares.npy' of the block" in found[1].details


@pytest.mark.parametrize(
    "text", ["# ", "# def a(", "'", "'a.b", "# ...", "save", "(", "'./a'", "../", "from .a import "]
)
def test_hostile_code_takes_linear_time(text: str) -> None:
    assert_linear(lambda code: left_out(code, lacking("ticket")), text)
    assert_linear(lambda code: left_out(f"#{code}", lacking("ticket")), text)
    assert_linear(lambda code: makes_file(code, "a.csv"), text)
    assert_linear(lambda code: is_readers("a.csv", f"'a.csv'{code}", [code]), text)
    assert_linear(lambda code: named_file(lacking("a", MODULE), code, "javascript"), text)
    assert_linear(
        lambda code: package_of_block(lacking("relative import", MODULE), code, "python"), text
    )
