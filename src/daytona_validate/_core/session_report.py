"""Parser of what the driver of a session reported; the protocol stands in `sessions.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from daytona_validate._core.languages.diagnosis import Ending
from daytona_validate._core.languages.language import Language
from daytona_validate._core.missing import missing
from daytona_validate._core.printable import one_line
from daytona_validate._core.session_end import session_seal
from daytona_validate._core.sessions import STREAM_CHARACTERS, file_name
from daytona_validate._models import EarlierRun, Execution, Limit, Limits, Snippet, Step

NOT_RUN = "it was not run"
_MET = "it met the"
_TIME_IS_UP = f"{_MET} time limit"
_ENDED = "it ended the session"


@dataclass(frozen=True, slots=True)
class Session:
    """Parsed session report: what became of the earlier codes, and the snippet's own execution."""

    earlier: tuple[EarlierRun, ...]
    """Of each code in order; those that were not run included."""
    execution: Execution
    """Without the report, and cut as if the snippet had run alone."""
    has_started: bool
    """Whether its driver said anything."""
    has_begun: bool
    """Whether the snippet itself was started."""
    elapsed_s: float | None
    """Wall seconds before it was; None: not known."""


def read_session(
    execution: Execution, snippet: Snippet, language: Language, limits: Limits
) -> Session:
    """Return what a driver reported, and the rest of the execution.

    Args:
        execution: Of `session_steps`; its last step is the driver's.
        snippet: With `earlier`.
        language: Its language.
        limits: The snippet's own, which `session_limits` were made of.
    """
    step = execution.steps[-1]
    mark = f"session {session_seal(snippet)} ".encode()
    lines = list(_report_lines(step.stderr, mark))
    begin = next((each for each in lines if each.said.get("begins") is True), None)
    elapsed_s = _number(begin.said.get("elapsed_s")) if begin else None
    head, _, rest = step.stdout.partition(mark)
    is_marked = step.stdout.startswith(mark) or head.endswith(b"\n")
    stdout_start = len(step.stdout) - len(rest.partition(b"\n")[2]) if is_marked and rest else 0
    error = _cut("stderr", step.stderr, begin.end if begin else 0, step.lost_stderr_bytes, limits)
    if language.session_code:
        own_name, file = language.session_code.encode(), language.entry_file.encode()
        error["stderr"] = error["stderr"].replace(b":%b:" % own_name, b":%b:" % file)
    own = replace(
        step,
        **error,
        **_cut("stdout", step.stdout, stdout_start, step.lost_stdout_bytes, limits),
        usage=replace(
            step.usage,
            wall_s=max(0.0, step.usage.wall_s - (elapsed_s or 0.0)),
            is_estimated=True,  # processor time and memory are those of the whole session
        ),
    )
    return Session(
        earlier=tuple(_earlier_runs(lines, begin, snippet, language, step)),
        execution=replace(execution, steps=(*execution.steps[:-1], own)),
        has_started=bool(lines),
        has_begun=begin is not None,
        elapsed_s=elapsed_s,
    )


@dataclass(frozen=True, slots=True)
class _ReportLine:
    said: dict[str, Any]
    text_before: str
    """What stands on stderr between it and the line before it."""
    end: int
    """Where the next line starts, in bytes."""


def _report_lines(stderr: bytes, mark: bytes) -> Iterator[_ReportLine]:
    """Yield the lines up to that with which the snippet begins; after it, all is the snippet's."""
    after = 0
    for found in re.finditer(rb"^" + re.escape(mark) + rb"(\{.*\})\n", stderr, re.MULTILINE):
        said = _json_object(found[1])
        if said is None:
            continue
        text = stderr[after : found.start()].decode("utf-8", "replace")
        yield _ReportLine(said, text, found.end())
        after = found.end()
        if said.get("begins") is True:
            return


def _json_object(text: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value >= 0 else None  # type: ignore[operator,arg-type]  # is_number says so


def _cut(name: str, kept: bytes, start: int, lost_bytes: int, limits: Limits) -> dict[str, Any]:
    """Return the fields of a stream that begins later, as they are when no more is kept."""
    middle, half = len(kept) // 2, limits.kept_output_bytes // 2
    if not lost_bytes or start > middle:
        whole = kept[start:]
        if len(whole) <= limits.kept_output_bytes:
            return {name: whole, f"lost_{name}_bytes": 0}
        head, tail = whole[:half], whole[len(whole) - limits.kept_output_bytes + half :]
        lost_bytes = len(whole) - len(head) - len(tail)
    else:  # of two parts, the first of which may be too short: then the second is cut to it
        head = kept[start:middle][:half]
        tail = kept[max(middle, len(kept) - len(head)) :]
        lost_bytes += len(kept) - start - len(head) - len(tail)
    return {name: head + tail, f"lost_{name}_bytes": lost_bytes}


def _earlier_runs(
    lines: list[_ReportLine],
    begin: _ReportLine | None,
    snippet: Snippet,
    language: Language,
    step: Step,
) -> Iterator[EarlierRun]:
    done: list[_ReportLine] = []
    for each in lines:
        # In order only, and the first of each: who says more than that is not the driver.
        if each.said.get("code") == len(done) + 1:
            done.append(each)
    for number, code in enumerate(snippet.earlier, 1):
        if number <= len(done):
            yield _earlier_run(done[number - 1], number, code, language)
        else:
            is_ending = begin is None and bool(lines) and number == len(done) + 1
            yield EarlierRun(has_passed=False, details=_ending(step) if is_ending else NOT_RUN)


def _ending(step: Step) -> str:
    """Return how the code ended that ended the session."""
    if step.limit is not None:
        if step.limit is Limit.TIMEOUT:
            return _TIME_IS_UP
        return f"{_MET} {step.limit.value.replace('_', ' ')}"
    how = f"signal {step.signal}" if step.signal is not None else f"exit code {step.exit_code}"
    return f"{_ENDED} ({how})"


def ran_out_of_time(run: EarlierRun) -> bool:
    """Return whether the session's time was up while an earlier code ran."""
    return run.details == _TIME_IS_UP


def met_limit(run: EarlierRun) -> bool:
    """Return whether an earlier code was ended by a limit."""
    return not run.has_passed and run.details.startswith(_MET)


def ended_by(earlier: Sequence[EarlierRun]) -> int | None:
    """Return which of the earlier codes ended their session, from 0; None: none did."""
    ran = [run for run in earlier if run.details != NOT_RUN]
    is_ended = bool(ran) and not ran[-1].has_passed and ran[-1].details.startswith((_MET, _ENDED))
    return len(ran) - 1 if is_ended else None


def _earlier_run(line: _ReportLine, number: int, code: str, language: Language) -> EarlierRun:
    said = line.said
    name = file_name(number, language)
    failure = _text(said.get("failure"), from_end=True)
    error = _text(line.text_before.strip("\n")) + _text(said.get("stderr"))
    ending = Ending(
        text=failure or error,
        entry_file=name,
        exit_code=1,
        code=code,
    )
    has_passed, diagnosis = said.get("passed"), None
    if has_passed is not True and ending.text.strip():
        diagnosis = language.diagnose(ending)
    if not isinstance(has_passed, bool):
        has_passed = diagnosis is None or not diagnosis.is_uncaught
    output = _text(said.get("stdout"))
    if has_passed:
        return EarlierRun(has_passed=True, output=output, error=error or None)
    line_number = None if diagnosis is None else diagnosis.line
    is_told = not failure or error.rstrip().endswith(failure.rstrip())
    shown = error if is_told else "\n".join(filter(None, (error.rstrip("\n"), failure)))
    message = "it failed" if diagnosis is None else one_line(diagnosis.message, 240)
    return EarlierRun(
        has_passed=False,
        details=message if line_number is None else f"{message} (line {line_number})",
        line=line_number,
        output=output,
        error=shown.replace(name, language.entry_file) or None,
        missing=missing(diagnosis, language, is_compiler=False),
    )


def _text(value: object, *, from_end: bool = False) -> str:
    if not isinstance(value, str):
        return ""
    text = value[-STREAM_CHARACTERS:] if from_end else value[:STREAM_CHARACTERS]
    return text.encode(errors="replace").decode()  # half a character of UTF-16 is none
