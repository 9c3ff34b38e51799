"""The table of reasons why results do not pass, each with the option or mark that answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from daytona_validate._core.listening import is_server
from daytona_validate._core.page_names import Origin
from daytona_validate._core.printable import one_line
from daytona_validate._core.reported import Reported
from daytona_validate._models import MissingKind, Outcome

_ERRORS = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})
_LIMITS = frozenset(
    {Outcome.MEMORY_LIMIT, Outcome.OUTPUT_LIMIT, Outcome.PROCESS_LIMIT, Outcome.DISK_LIMIT}
)
_DEFINITIONS = frozenset({MissingKind.NAME, MissingKind.TYPE, MissingKind.TABLE})
_ERROR_NAME = re.compile(r"(?:ERROR: )?([^:\"'(]{3,40})")
_NAME_CHARACTERS = 40
PACKAGES = "--packages LANGUAGE=NAMES"
"""It stands for the packages of a group's results, where these are known."""
_PACKAGES = f"`{PACKAGES}`, or `--allow-packages` for the course's own"
_REASON_CHARACTERS = 80


def _no_name(_reported: Reported) -> str:
    return ""


def _missing_name(reported: Reported) -> str:
    missing = reported.result.missing
    return "" if missing is None else one_line(missing.name, _NAME_CHARACTERS)


def _error_name(reported: Reported) -> str:
    """Return what kind of error it was: `KeyError`, `TS2339`, `cannot find symbol`."""
    found = _ERROR_NAME.match(reported.cause)
    return found[1].strip() if found else ""


def _reason(reported: Reported) -> str:
    return one_line(reported.cause, _REASON_CHARACTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseKind:
    """Reason why results do not pass; a result's is the first of the table that takes it."""

    kind: str
    title: str
    """`{names}` in it stands for the names of its results, most frequent first."""
    answer: str = ""
    outcomes: frozenset[Outcome]
    missing: frozenset[MissingKind] = frozenset()
    """Empty: whatever was missing, or nothing."""
    holds: Callable[[Reported], bool] = lambda _reported: True
    name: Callable[[Reported], str] = _no_name
    is_by_name: bool = False
    """Whether each name is a group of its own."""

    def takes(self, reported: Reported) -> bool:
        """Whether a result belongs to it."""
        missing = reported.result.missing
        is_missing = not self.missing or (missing is not None and missing.kind in self.missing)
        return reported.result.outcome in self.outcomes and is_missing and self.holds(reported)


def _undefined(kind: str, title: str, answer: str) -> CauseKind:
    return CauseKind(
        kind=kind,
        title=f"{title} ({{names}})",
        answer=answer,
        outcomes=_ERRORS,
        missing=_DEFINITIONS,
        holds=lambda reported: reported.is_block,
        name=_missing_name,
    )


BY_ORIGIN = {
    Origin.NOWHERE: _undefined(
        "never_defined", "a name that no earlier block has", "define it, or the mark `skip`"
    ),
    Origin.RAN: _undefined(
        "earlier_block", "a name of an earlier block", "`--session page`, or the mark `skip`"
    ),
    Origin.FAILED: _undefined(
        "failed_block", "a name of an earlier block that fails itself", "mend that one first"
    ),
    Origin.PACKAGE: _undefined(
        "package_block", "a name of a block that needs a package", _PACKAGES
    ),
}
"""The kinds of a block that lacks a name, by where on its page the name is."""
UNDEFINED = BY_ORIGIN[Origin.NOWHERE]
PACKAGE = CauseKind(
    kind="package",
    title="needs {names}",
    answer=_PACKAGES,
    outcomes=frozenset({Outcome.MISSING_DEPENDENCY}),
    missing=frozenset({MissingKind.MODULE}),
    name=_missing_name,
)

_LACKS = frozenset({Outcome.MISSING_DEPENDENCY, Outcome.RUNTIME_ERROR, Outcome.COMPILE_ERROR})
CAUSE_KINDS = (
    CauseKind(
        kind="no_verdict",
        title="no verdict could be had",
        answer="`daytona-validate doctor`",
        outcomes=frozenset({Outcome.UNAVAILABLE}),
    ),
    PACKAGE,
    CauseKind(
        kind="browser",
        title="needs a browser ({names})",
        answer="the mark `no-run`",
        outcomes=_LACKS,
        missing=frozenset({MissingKind.BROWSER}),
        name=_missing_name,
    ),
    CauseKind(
        kind="absent_server",
        title="asks a server that is not there",
        answer="the mark `no-run`",
        outcomes=_LACKS,
        missing=frozenset({MissingKind.SERVER}),
    ),
    CauseKind(
        kind="server",
        title="serves until it is ended",
        answer="`--until-listening`, or the mark `no-run`",
        outcomes=frozenset({Outcome.TIMEOUT}),
        holds=lambda reported: is_server(reported.code),
    ),
    CauseKind(
        kind="environment",
        title="needs what no sandbox has",
        answer="the mark `no-run`",
        outcomes=frozenset({Outcome.MISSING_DEPENDENCY}),
    ),
    CauseKind(
        kind="file",
        title="reads a file that is not there ({names})",
        answer="the mark `no-run`",
        outcomes=_ERRORS,
        missing=frozenset({MissingKind.FILE}),
        name=_missing_name,
    ),
    UNDEFINED,
    CauseKind(
        kind="compile_error",
        title="compile errors ({names})",
        answer="mend it, or the mark `should-fail` or `skip`",
        outcomes=frozenset({Outcome.COMPILE_ERROR}),
        name=_error_name,
    ),
    CauseKind(
        kind="runtime_error",
        title="errors as it ran ({names})",
        answer="mend it, or the mark `should-fail` or `skip`",
        outcomes=frozenset({Outcome.RUNTIME_ERROR}),
        name=_error_name,
    ),
    CauseKind(
        kind="timeout",
        title="ran to its time limit",
        answer="`--timeout`, or the mark `timeout=`",
        outcomes=frozenset({Outcome.TIMEOUT}),
    ),
    CauseKind(
        kind="limit",
        title="over a limit of its sandbox",
        answer="mend it, or the mark `no-run`",
        outcomes=_LIMITS,
    ),
    CauseKind(
        kind="wrong_output",
        title="another output than is shown",
        answer="mend the code, or `--update-outputs`",
        outcomes=frozenset({Outcome.WRONG_OUTPUT}),
    ),
    CauseKind(
        kind="unsupported_language",
        title="a language that is not known",
        answer="the mark `skip`",
        outcomes=frozenset({Outcome.UNSUPPORTED_LANGUAGE}),
    ),
    CauseKind(
        kind="invalid_snippet",
        title="cannot be run as given",
        answer="mend it, or the mark `skip`",
        outcomes=frozenset({Outcome.INVALID_SNIPPET}),
    ),
    CauseKind(
        kind="not_runnable",
        title="no program: {names}",
        outcomes=frozenset({Outcome.NOT_RUNNABLE}),
        name=_reason,
        is_by_name=True,
    ),
)
