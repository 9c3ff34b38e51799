"""The report for people: each failure with its place, its cause, its line, and how to repeat it.

What does not count (a course may have hundreds of fragments) is a number in the summary, and
listed only when that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from daytona_validate._core.causes import Cause
from daytona_validate._core.outcomes import outcome_row
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary
from daytona_validate._models import Caveat, Location, Outcome
from daytona_validate._reports.code_frame import code_frame
from daytona_validate._reports.shell_word import shell_path, shell_word
from daytona_validate._reports.terminal_link import linked
from daytona_validate._reports.totals_table import totals_table
from daytona_validate._reports.workflow_commands import without_commands

_PATH_CHARACTERS = 1000
_STDIN = "-"
_CAVEATS = {
    Caveat.TESTS_NOT_RUN: "tests that were not run (see --tests)",
    Caveat.TESTS_CUT_OFF: "tests that had not ended",
    Caveat.TESTS_FAILED: "tests that failed",
}
_CAUSES_SHOWN = 10
_MANY = 50
"""Snippets from which on their rates and percentiles say anything; fewer have them with -v."""
_BOLD, _RED, _BLUE = "1", "1;31", "34"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """Options of the text report."""

    is_strict: bool = False
    """Whether fragments count as failures."""
    is_verbose: bool = False
    """Whether all that did not pass is listed, and what passed with a reservation."""
    program: tuple[str, ...] = ("daytona-validate",)
    """The words with which this program is called."""
    repeat_options: tuple[str, ...] = ()
    """Options with which `run` repeats a snippet, each with its value."""
    include_folders: tuple[tuple[str, str], ...] = ()
    """Prefix of paths below a folder, and the folder, for `run --include-folder`."""
    explains: bool = False
    """Whether the places of each cause are listed."""
    is_coloured: bool = False
    """Whether a terminal shows it, in colours."""
    link_base: str | None = None
    """The address of the working folder, for a terminal that shows links; None: no links."""
    stdin_path: str | None = None
    """The path shown for stdin; None: it was not read."""

    def counts(self, outcome: Outcome) -> bool:
        """Whether an outcome makes a run fail."""
        found = outcome_row(outcome)
        return (found.strict_exit_code if self.is_strict else found.exit_code) != 0

    def lists(self, outcome: Outcome) -> bool:
        """Whether results of an outcome are lines of their own."""
        return outcome is not Outcome.PASSED and (self.is_verbose or self.counts(outcome))

    def paint(self, text: str, colour: str) -> str:
        """Return text in a colour, an SGR parameter, if there are colours."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.is_coloured and text else text


PLAIN = TextStyle()


def each(reported: Reported, style: TextStyle = PLAIN) -> str:
    """Return `file:line: outcome: cause`, for a failure its line and its repetition; or nothing."""
    result = reported.result
    counts = style.counts(result.outcome) if reported.fails_run is None else reported.fails_run
    is_listed = counts or (style.is_verbose and (style.lists(result.outcome) or result.caveat))
    if not is_listed:
        return ""
    place = style.paint(_place(reported, style), _BOLD)
    outcome = style.paint(str(result.outcome), _RED if counts else _BOLD)
    lines = [f"{place}: {outcome}: {without_commands(one_line(reported.cause))}"]
    if counts:
        lines += _frame(reported, style)
        if result.location is not None:
            lines.append(f"    {_repeating(result.location, style)}")
    return "\n".join(lines) + "\n"


def _place(reported: Reported, style: TextStyle) -> str:
    """Return where a snippet failed or stands, as a link to it where the terminal has links."""
    text, location = _shown(reported.place), reported.result.location
    if location is None or location.path in (_STDIN, style.stdin_path):
        return text
    line = location.line if reported.error_line is None else reported.error_line
    is_of_file = location.cell is None  # a cell's lines are not those of its notebook
    return linked(text, location.path, line if is_of_file else None, base=style.link_base)


def _shown(text: str) -> str:
    return without_commands(one_line(text, _PATH_CHARACTERS))


def _frame(reported: Reported, style: TextStyle) -> list[str]:
    return [
        f"    {style.paint(gutter, _BLUE)} {style.paint(text, _RED) if is_caret else text}".rstrip()
        for gutter, text, is_caret in code_frame(reported)
    ]


def _repeating(location: Location, style: TextStyle) -> str:
    """Return the command that runs a snippet again; for one from stdin, with the same stdin."""
    words = [*map(shell_word, style.program), "run", *map(shell_word, style.repeat_options)]
    if location.included is not None:
        folders = (each for each in style.include_folders if location.path.startswith(each[0]))
        words += [shell_word(f"--include-folder={folder}") for _, folder in islice(folders, 1)]
    if location.path != style.stdin_path:
        return " ".join([*words, shell_path(str(location))])
    named = [] if location.path == _STDIN else [shell_word(f"--stdin-filename={location.path}")]
    return " ".join([*words, *named, "--", f"{_STDIN}:{location.line}"])


def end(_results: Sequence[Reported], summary: Summary, style: TextStyle = PLAIN) -> str:
    """Return the table of numbers per language, if it says anything, the causes, and one line."""
    total = summary.total
    said = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items())
    if any(each is not Outcome.PASSED and not style.lists(each) for each in summary.outcomes):
        said += " (-v lists all)"
    noun = "snippet" if total.count == 1 else "snippets"
    said += _caveats(summary, style)
    not_read = summary.not_read.lines()
    last = "".join(f"{_shown(line)}\n" for line in not_read)
    last += _sandboxes(summary)
    last += "" if summary.is_whole else "interrupted: these are not all snippets\n"
    last += _cached(summary)
    last += f"{total.count} {noun} in {summary.elapsed_s:.1f} s: {said or 'nothing ran'}\n"
    if not summary.languages:
        return last
    table = f"{totals_table(summary)}\n" if style.is_verbose or total.count >= _MANY else ""
    return f"\n{table}{_causes(summary.causes, style)}{last}"


def _causes(causes: Sequence[Cause], style: TextStyle) -> str:
    """Return why snippets did not pass, a line for each cause, and an empty one behind them."""
    if not causes:
        return ""
    shown = causes if style.explains else causes[:_CAUSES_SHOWN]
    lines = [line for cause in shown for line in _cause(cause, style)]
    if left := len(causes) - len(shown):
        lines.append(f"… {left} more causes")
    if not style.explains:
        lines.append("(--explain lists their places)")
    return "\n".join([*lines, "", ""])


def _cause(cause: Cause, style: TextStyle) -> list[str]:
    line = without_commands(cause.line())
    if not style.explains:
        return [line]
    lines = [style.paint(line, _BOLD)]
    lines += [f"    {_shown(f'{p.place}: {p.cause}')}" for p in cause.places]
    left = cause.count - len(cause.places)
    return [*lines, *([f"    … {left} more"] if left else [])]


def _sandboxes(summary: Summary) -> str:
    """Return the line on what the sandboxes came to, where that is counted."""
    account = summary.sandboxes
    if account is None:
        return ""
    noun = "sandbox" if account.created == 1 else "sandboxes"
    return f"{account.created} {noun}, {account.sandbox_seconds:.1f} sandbox-seconds\n"


def _cached(summary: Summary) -> str:
    """Return the line on the results that are those of former runs; empty if none is."""
    if not summary.cached:
        return ""
    return f"{summary.cached} of {summary.total.count} from the cache; --no-cache runs all again\n"


def _caveats(summary: Summary, style: TextStyle) -> str:
    """Return the reservations about snippets that passed; mostly empty."""
    said = "".join(f"; {n} passed with {_CAVEATS[each]}" for each, n in summary.caveats.items())
    return f"{said} (-v lists all)" if said and not style.is_verbose else said
