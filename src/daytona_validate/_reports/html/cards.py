"""One result as an element that opens: its place and cause, then its code and what it wrote."""

from __future__ import annotations

from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.reported import Reported
from daytona_validate._models import Outcome
from daytona_validate._reports.code_frame import FrameLine, code_lines
from daytona_validate._reports.html.markup import block, cut, inline

_AROUND_LINES = 30
_LINES_WITHOUT_ERROR = 60
_LINE_CHARACTERS = 500
_STREAM_CHARACTERS = 4_000
_MARKED = ("mark", '<span class="hidden">failed here: </span>')


def card(reported: Reported, *, page: int, body: str, is_open: bool) -> str:
    """Return the element.

    Args:
        reported: The row.
        page: The number of its page in the filter.
        body: What it has inside; "": it is told that this was left out.
        is_open: Whether it is shown open.
    """
    result = reported.result
    cause = "" if result.outcome is Outcome.PASSED else inline(reported.cause)
    marked = "" if result.outcome is Outcome.PASSED else f' <span class="cause">{cause}</span>'
    if outcome_row(result.outcome).exit_code and not reported.is_failure:
        marked = f' <span class="known">does not count</span>{marked}'
    inside = body or '<p class="note">Left out, or the page would be too large.</p>'
    return (
        f'<details class="result" id="r{result.index}" data-outcome="{inline(result.outcome)}" '
        f'data-language="{inline(result.language)}" data-page="{page}"'
        f"{' open' if is_open else ''}>"
        f'<summary><span class="place">{inline(reported.place)}</span> '
        f'<span class="outcome {inline(result.outcome)}">{inline(result.outcome)}</span>'
        f"{marked}</summary>{inside}</details>\n"
    )


def card_body(reported: Reported) -> str:
    """Return what a result has inside: facts, code with the failing line marked, its output."""
    result = reported.result
    facts = [inline(result.language), f"{result.execution_time:.3f} s"]
    facts += [inline(result.runtime)] if result.runtime else []
    facts += [f"under {inline(reported.section)}"] if reported.section else []
    facts += [f"completed: {inline(result.completed)}"] if result.completed else []
    parts = [f'<p class="facts">{" · ".join(facts)}</p>', _code(reported)]
    parts += [_stream("wrote to stderr", result.error)] if result.error else []
    parts += [_stream("wrote to stdout", result.output)] if result.output else []
    return "".join(parts)


def _code(reported: Reported) -> str:
    shown, left_out = _shown_lines(reported)
    if not shown:
        return ""
    lines = "".join(_line(line) for line in shown)
    more = f'<p class="note">{left_out} lines left out</p>' if left_out else ""
    return (
        f'<h4>Code</h4><pre class="code" tabindex="0" role="group" aria-label="Code">{lines}'
        f"</pre>{more}"
    )


def _shown_lines(reported: Reported) -> tuple[list[FrameLine], int]:
    """Return the lines around the failing one, else the first, and how many others there are."""
    if not reported.code:
        return [], 0
    lines = code_lines(reported.code)
    failing = reported.result.error_line
    first, last = 0, _LINES_WITHOUT_ERROR
    if failing is not None:
        first, last = max(failing - 1 - _AROUND_LINES, 0), failing + _AROUND_LINES
    from_line = reported.code_line or 1
    shown = [
        FrameLine(number=from_line + n, text=text, is_marked=n + 1 == failing)
        for n, text in enumerate(lines[first:last], start=first)
    ]
    return shown, len(lines) - len(shown)


def _line(line: FrameLine) -> str:
    text = block(cut(line.text, _LINE_CHARACTERS))
    tag, said = (
        ("mark", '<span class="hidden">failed here: </span>') if line.is_marked else ("span", "")
    )
    return f'<{tag} class="line"><span class="number">{line.number}</span>{said}{text}\n</{tag}>'


def _stream(title: str, text: str) -> str:
    shown = block(cut(text, _STREAM_CHARACTERS))
    return (
        f'<h4>It {title}</h4><pre tabindex="0" role="group" aria-label="It {title}">\n{shown}</pre>'
    )
