"""Parser of reports of failed tests: unittest, doctest, pytest, as captured under 3.11 to 3.13.

unittest ends with «FAILED (failures=1)», mostly on stderr, below a block for each failure::

    ======================================================================
    FAIL: test_add (__main__.TestAdd.test_add)
    ----------------------------------------------------------------------
    Traceback (most recent call last):

doctest ends with «***Test Failed*** 1 failures.» on stdout, below a block for each, begun by a line
of stars. pytest ends with «1 failed in 0.02s», below a block for each, begun by the test's name.

Everything works line by line, so that hostile text costs no more than its length. What a program
prints can only make the line tell another story: that it failed is told by its exit code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._core.languages.python_traceback import (
    absent_module,
    innermost,
    is_header,
    last_uncaught,
)
from daytona_validate._core.printable import one_line

_RUNNERS = ("unittest", "doctest", "pytest")
_RUNNER = re.compile(rf"\b(?:{'|'.join(_RUNNERS)})\b")
_UNITTEST_END = re.compile(r"FAILED \(\w[^()]*=\d+\)$")
_UNITTEST_RULE = "=" * 70
_UNITTEST_HEAD = re.compile(r"(FAIL|ERROR|UNEXPECTED SUCCESS): (\S+)(?: \(([\w.<>]+)\)(.*))?$")
_OWN_MODULE = re.compile(r"(?:__main__|main)\.")
_DOCTEST_END = "***Test Failed*** "
_DOCTEST_RULE = "*" * 70
_DOCTEST_PLACE = re.compile(r'File "(?:[^"]*/)?([^"/]*)", line (\d+), in (\S+)$')
_DOCTEST_RAISED = "Exception raised:"
_PYTEST_END = re.compile(r"=* ?\d+ (?:failed|errors?)\b.* in \d[\d.:()s ]*=*$")
_PYTEST_NAME = re.compile(r"_{3,} (.{1,200}?) _{3,}$")
_PYTEST_PLACE = re.compile(r"(?:\S*/)?([^/\s:]+):(\d+)(?::(?: .*)?)?$")
_PYTEST_COUNT = re.compile(r"(\d{1,9}) (?:failed|error)")
_COLLECTING = "ERROR collecting "
_PYTEST_STARTS = ("=", "!")
"""Of a line that ends the last block."""
_PYTEST_SUMMARY = re.compile(r"(?:FAILED|ERROR) (\S+)(?: - (.*))?$")
_EXAMPLE_LINES = 3
"""Of an example, of what was expected and of what was got, in the line for people."""


def failed_test(ending: Ending) -> Diagnosis | None:
    """Return the first test that failed, if the last that the program did was to run tests."""
    said = _lines(ending.text)
    printed = _lines(ending.output)
    return _of_unittest(said, ending) or (
        None
        if last_uncaught(said)
        else _of_unittest(printed, ending)
        or _of_pytest(printed, ending)
        or _of_doctest(printed, ending)
    )


def find_ignored_failures(ending: Ending) -> Diagnosis | None:
    """Return the first test that failed in a program that ended well, as after `testmod()`."""
    # Looked for as plain texts first, in a hundredth of the time: most code has none of them.
    may_test = any(name in ending.code for name in _RUNNERS) and _RUNNER.search(ending.code)
    return failed_test(ending) if may_test else None


def _lines(text: str) -> Sequence[str]:
    return text.rstrip().split("\n")


def _last(lines: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    """Return the number of the last line that a pattern matches."""
    return next((n for n in range(len(lines) - 1, -1, -1) if pattern.match(lines[n])), None)


def _of_unittest(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    end = _last(lines, _UNITTEST_END)
    if end is None or any(is_header(line) for line in lines[end:]):
        return None
    blocks = list(_unittest_blocks(lines[:end]))
    if not blocks:
        return Diagnosis(message=lines[end])
    (found, block), also = blocks[0], len(blocks) - 1
    name = _unittest_name(found)
    if found[1] == "UNEXPECTED SUCCESS":
        return Diagnosis(message=f"{name}: passed, and was expected to fail", also=also)
    example = _first_example(block, ending)
    if example is not None:
        return replace(example, also=also)
    error = last_uncaught(block)
    if error is None:
        said = next((line for line in block if line.strip("- ")), "")
        return Diagnosis(message=f"{name}: {said}".rstrip(": "), also=also)
    place = innermost(error.trace, ending.entry_file)
    line, source = (None, "") if place is None else place
    message = error.message
    if message == "AssertionError" and source:  # of a bare assert, which says no more
        message = f"{message}: {source}"
    return Diagnosis(message=f"{name}: {message}", line=line, also=also)


def _unittest_blocks(lines: Sequence[str]) -> Iterator[tuple[re.Match[str], Sequence[str]]]:
    """Yield the head of each failure of the last run, and what stands below it."""
    heads = [
        (number, found)
        for number, line in enumerate(lines)
        if number and lines[number - 1] == _UNITTEST_RULE and (found := _UNITTEST_HEAD.match(line))
    ]
    for at, (number, found) in enumerate(heads):
        end = heads[at + 1][0] - 1 if at + 1 < len(heads) else len(lines)
        yield found, lines[number + 1 : end]


def _unittest_name(head: re.Match[str]) -> str:
    """Return `TestAdd.test_add (n=1)` for `test_add (__main__.TestAdd.test_add) (n=1)`."""
    name, path, parameters = head[2], head[3] or "", head[4] or ""
    path = _OWN_MODULE.sub("", f"{path}.", count=1).rstrip(".")
    if path == name or path.endswith(f".{name}"):
        name = path
    elif path:
        name = f"{path}.{name}"
    return one_line(name + parameters, 100)


def _of_doctest(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    if not any(line.startswith(_DOCTEST_END) for line in lines):
        return None
    starts = [
        number + 1
        for number, line in enumerate(lines[:-1])
        if line == _DOCTEST_RULE and _DOCTEST_PLACE.match(lines[number + 1])
    ]
    found = _first_example(lines[starts[0] :], ending) if starts else None
    return None if found is None else replace(found, also=len(starts) - 1)


def _first_example(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    """Return the first example of docstrings that failed: `half: half(4): expected 2, got 2.0`."""
    for number, line in enumerate(lines[:-1]):
        place = _DOCTEST_PLACE.match(line)
        if place is None or lines[number + 1] != "Failed example:":
            continue
        name = _OWN_MODULE.sub("", place[3], count=1).removeprefix("__main__")
        example, rest = _indented(lines[number + 2 :])
        message = f"{name}: {example}" if name else example
        return Diagnosis(
            message=f"{message}: {_difference(rest)}".rstrip(": "),
            line=int(place[2]) if place[1] == ending.entry_file else None,
        )
    return None


def _difference(lines: Sequence[str]) -> str:
    head = lines[0] if lines else ""
    found, rest = _indented(lines[1:])
    if head == _DOCTEST_RAISED:
        told = takewhile(lambda line: line.startswith("    "), lines[1:])
        error = last_uncaught([line[4:] for line in told])
        return "" if error is None else error.message
    if head == "Expected nothing":
        return f"expected nothing, got {_indented(lines[2:])[0]}"
    got = _indented(rest[1:])[0] if rest and rest[0] == "Got:" else "nothing"
    return f"expected {found}, got {got}" if head == "Expected:" else ""


def _indented(lines: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the indented text at the start, as one line, and the lines after it."""
    taken = list(takewhile(lambda line: line.startswith("    "), lines))
    shown = " ".join(line.strip() for line in taken[:_EXAMPLE_LINES])
    return one_line(shown + (" …" if len(taken) > _EXAMPLE_LINES else ""), 80), lines[len(taken) :]


def _of_pytest(lines: Sequence[str], ending: Ending) -> Diagnosis | None:
    end = _last(lines, _PYTEST_END)
    if end is None:
        return None
    heads = [n for n in range(end) if _PYTEST_NAME.match(lines[n])]
    also = sum(map(int, _PYTEST_COUNT.findall(lines[end]))) - 1
    if not heads:
        return _of_pytest_summary(lines[:end], also)
    start = heads[0]
    name = lines[start].strip("_ ").removeprefix("[doctest] main.")
    block = list(takewhile(_is_of_block, lines[start + 1 : end]))
    said = [line[1:].strip() for line in block if line.startswith("E  ")]
    message = f"{name}: {said[0]}" if said else name
    if not said and "Expected:" in block:
        at = block.index("Expected:")
        message = f"{name}: {block[at - 1][3:].strip(' >.')}: {_difference(block[at:])}"
    return Diagnosis(
        message=one_line(message),
        line=_pytest_line(block, ending),
        # What keeps the file from being loaded at all would have ended the program, too.
        missing_module=absent_module(said[-1]) if said and name.startswith(_COLLECTING) else None,
        also=also,
    )


def _is_of_block(line: str) -> bool:
    return not line.startswith(_PYTEST_STARTS) and _PYTEST_NAME.match(line) is None


def _pytest_line(block: Sequence[str], ending: Ending) -> int | None:
    """Return the innermost line of the entry file that a block names."""
    for line in reversed(block):
        place = _PYTEST_PLACE.match(line)
        if place is not None and place[1] == ending.entry_file:
            return int(place[2])
    return None


def _of_pytest_summary(lines: Sequence[str], also: int) -> Diagnosis | None:
    """Read the short summary, for programs that have pytest print nothing else."""
    for line in lines:
        found = _PYTEST_SUMMARY.match(line)
        if found is not None:
            name = found[1].partition("::")[2].replace("::", ".")
            return Diagnosis(message=f"{name}: {found[2] or 'failed'}", also=also)
    return None
