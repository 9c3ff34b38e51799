"""Parser of node:test's reports of failed tests; written against Node 18, 20, 22 and 24.

Up to Node 22 a report that is no terminal's has the form of TAP, later that of «spec»::

    not ok 1 - adds                          (i) fail 1
      ---                                    …
      location: '/work/index.js:3:1'         ✖ failing tests:
      failureType: 'testCodeFailure'
      error: |-                              test at index.js:3:1
        Expected values to be equal:         ✖ adds (1.1ms)
                                               AssertionError [ERR_ASSERTION]: Expected …
        1 !== 2                                    at TestContext.<anonymous> (/work/index.js:4:10)
      stack: |-
        TestContext.<anonymous> (/work/index.js:4:10)
      ...

Everything works line by line, so that hostile text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._core.printable import one_line

_FAILED_COUNT = re.compile(r"(?:#|ℹ) (?:fail|cancelled) [1-9]\d*$")  # noqa: RUF001 - Node's own sign
_PASSED_COUNT = re.compile(r"(?:#|ℹ) pass (\d{1,9})$")  # noqa: RUF001 - as above
_TAP_FAILED = re.compile(r"( *)not ok \d+ - (.*)$")
_TAP_LEFT_OUT = re.compile(r".* # (?:TODO|SKIP)\b")
_TAP_FIELD = re.compile(r"(\w+): ?(.*)$")
_SPEC_START = "✖ failing tests:"
_SPEC_PLACE = re.compile(r"test at (\S.*):(\d+):\d+$")
_SPEC_FAILED = re.compile(r"✖ (.*?)(?: \(\d[\d.]*ms\))?$")
_SPEC_FRAME = "      at "
_MESSAGE_LINES = 6
_OF_OTHERS = ("subtestsFailed", "cancelledByParent")
"""Of a test that failed only because another one did."""
_FOLLOWED = re.compile(r"\d+ subtests? failed|test did not finish before its parent")
_CODE = re.compile(r"^(\w+) \[ERR_\w+\]: ")


@dataclass(frozen=True, slots=True)
class _FailedTest:
    """Failed test, as read from its report."""

    name: str
    message: str
    places: Sequence[str]
    """Lines that may name a place: the innermost first, where the test stands last."""


def failed_test(ending: Ending) -> Diagnosis | None:
    """Return the first test that failed, if a report of failed tests is what was printed last."""
    lines = ending.output.rstrip().split("\n")
    if not any(_FAILED_COUNT.match(line) for line in lines):
        return None
    found = list(_of_spec(lines) if _SPEC_START in lines else _of_tap(lines))
    if not found:
        return None
    first = found[0]
    place = re.compile(rf"(?:.*[/(\s'])?{re.escape(ending.entry_file)}:(\d+)")
    line = next((int(at[1]) for each in first.places if (at := place.match(each))), None)
    name = one_line(first.name, 100)
    message = one_line(_CODE.sub(r"\1: ", first.message).removeprefix("Error: "))
    return Diagnosis(
        message=f"{name}: {message}" if message else name, line=line, also=len(found) - 1
    )


def ran_tests(ending: Ending) -> int | None:
    """Return how many tests ran and passed, if a report is what was printed."""
    lines = ending.output.split("\n")
    counts = [found[1] for line in lines if (found := _PASSED_COUNT.match(line))]
    return int(counts[-1]) if counts else None


def _of_tap(lines: Sequence[str]) -> Iterator[_FailedTest]:
    for number, line in enumerate(lines):
        failed = _TAP_FAILED.match(line)
        if failed is None or _TAP_LEFT_OUT.match(line):
            continue
        indent = failed[1] + "  "
        if lines[number + 1 : number + 2] != [f"{indent}---"]:
            continue  # printed by the program
        fields = _tap_fields(_tap_lines(lines, number + 2, indent), indent)
        if fields.get("failureType", [""])[0] in _OF_OTHERS:
            continue
        kind = fields.get("name", [""])[0]
        message = " ".join(fields.get("error", [])[:_MESSAGE_LINES])
        yield _FailedTest(
            name=re.sub(r"\\([#\\])", r"\1", failed[2]),
            message=f"{kind}: {message}" if kind else message,
            places=[*fields.get("stack", []), *fields.get("location", [])],
        )


def _tap_lines(lines: Sequence[str], start: int, indent: str) -> Iterator[str]:
    """Yield the lines of each failure; a block without an end ends at the next one."""
    for number in range(start, len(lines)):
        if lines[number] == f"{indent}..." or _TAP_FAILED.match(lines[number]):
            return
        yield lines[number]


def _tap_fields(lines: Iterator[str], indent: str) -> dict[str, list[str]]:
    """Return the fields of a failure, each as its lines."""
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lines:
        text = line.removeprefix(indent)
        field = _TAP_FIELD.match(text)
        if field is not None:
            value = field[2]
            current = fields.setdefault(field[1], [])
            if value != "|-":
                current.append(_unquoted(value))
        elif text.strip():
            current.append(text.strip())
    return fields


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == "'"
    return value[1:-1].replace("\\'", "'") if is_quoted else value


def _of_spec(lines: Sequence[str]) -> Iterator[_FailedTest]:
    start = len(lines) - 1 - lines[::-1].index(_SPEC_START)
    places = [n for n in range(start, len(lines)) if _SPEC_PLACE.match(lines[n])]
    for at, number in enumerate(places):
        end = places[at + 1] if at + 1 < len(places) else len(lines)
        block = lines[number + 1 : end]
        failed = _SPEC_FAILED.match(block[0]) if block else None
        if failed is None:
            continue  # one that is still to do
        told = list(takewhile(lambda each: not each.startswith(_SPEC_FRAME), block[1:]))
        message = " ".join(each.strip() for each in told if each.strip())[:1000]
        message = _unquoted(message)
        if not _FOLLOWED.match(message):
            frames = [each for each in block if each.startswith(_SPEC_FRAME)]
            yield _FailedTest(failed[1], message, [*frames, lines[number]])
