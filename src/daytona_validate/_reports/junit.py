"""The report for build servers: JUnit XML, a suite per file and a case per snippet."""

from __future__ import annotations

from collections.abc import Sequence

from junitparser import Attr, Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from daytona_validate._core.printable import one_line, printable
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._reports.workflow_commands import referenced_commands

_WITHOUT_FILE = "snippets"
_INTERRUPTED = "interrupted"
"""The name of an empty suite of a run that did not come to its end."""
_SHOWN_CHARACTERS = 20_000
"""Of each stream: build servers refuse files of many megabytes."""


class _JUnitCase(TestCase):
    """A test case that says where it stands, by the two attributes build servers know."""

    file = Attr("file")
    line = Attr("line")


class _JUnitDocument(JUnitXml):
    """All suites. Only these count what is skipped: Jenkins' schema has no such count of all."""

    skipped = 0  # no attribute of the document, as it is one of the library's


def end(results: Sequence[Reported], summary: Summary) -> str:
    """Return the document."""
    by_file: dict[str, list[TestCase]] = {} if summary.is_whole else {_INTERRUPTED: []}
    for each in results:
        by_file.setdefault(_file(each.result), []).append(_case(each))
    document = _JUnitDocument("daytona-validate")
    for file, cases in by_file.items():
        suite = TestSuite(file)
        if not summary.is_whole:
            suite.add_property("is_whole", "false")
        suite.add_testcases(cases)
        # `add_testsuite` compares with all suites that are there: the square of many files.
        document.append(suite)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    document.update_statistics()  # type: ignore[no-untyped-call]  # as above
    document.time = round(summary.elapsed_s, 3)
    xml: bytes = document.tostring()  # type: ignore[no-untyped-call]  # as above
    return referenced_commands(xml.decode()) + "\n"


def _file(result: CodeValidationResult) -> str:
    return _WITHOUT_FILE if result.location is None else one_line(result.location.path, 1000)


def _case(reported: Reported) -> _JUnitCase:
    result = reported.result
    file = _file(result)
    case = _JUnitCase(_name(result), classname=file, time=round(result.execution_time, 3))
    if result.location is not None:
        case.file, case.line = file, str(reported.error_line or result.location.line)
    details = one_line(result.details)
    if result.outcome is not Outcome.PASSED:
        kind = _kind(reported)
        said = kind(details, str(result.outcome))
        said.text = _shown(result.error or details)
        case.result = [said]
    if result.output:
        case.system_out = _shown(result.output)
    return case


def _kind(reported: Reported) -> type[Failure | Error | Skipped]:
    """Return the JUnit kind of a result: only a verdict that counts can be a failure."""
    if reported.result.outcome is Outcome.UNAVAILABLE:
        return Error
    return Failure if reported.is_failure else Skipped


def _name(result: CodeValidationResult) -> str:
    """Return a name that no other case of the same file has."""
    place = f"snippet {result.index}" if result.location is None else str(result.location)
    place = place.removeprefix(f"{result.location.path}:") if result.location else place
    name = f"{place} {result.language}"
    return one_line(f"{name} {result.snippet_id}" if result.snippet_id else name)


def _shown(text: str) -> str:
    """Return text that XML can hold and no terminal trips over, its head and tail if long."""
    if len(text) > _SHOWN_CHARACTERS:
        half = _SHOWN_CHARACTERS // 2
        left_out = len(text) - 2 * half
        text = f"{text[:half]}\n… {left_out} characters left out …\n{text[-half:]}"
    return printable(text)
