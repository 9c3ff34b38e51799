"""What the caller gets."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._json_text import harmless_json
from daytona_validate._models.execution import NO_USAGE, Usage
from daytona_validate._models.json_form import WrittenAsJson, adapter
from daytona_validate._models.outcome import (
    Caveat,
    Fault,
    MissingKind,
    Network,
    Outcome,
    Stage,
    Status,
)
from daytona_validate._models.snippet import Location
from daytona_validate._reason import Reason


@dataclass(frozen=True, slots=True)
class LostBytes(WrittenAsJson):
    """Truncated output: bytes that were read but not kept."""

    stdout: int = 0
    """Of stdout."""
    stderr: int = 0
    """Of stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings(WrittenAsJson):
    """Wall seconds spent around the program, by phase."""

    queued_s: float = 0.0
    """Waiting for a slot, behind a throttle, or for what is prepared once."""
    created_s: float = 0.0
    """Making the sandbox, retries included."""
    ran_s: float = 0.0
    """From handing over the snippet to holding its execution."""
    warm: bool = False
    """Whether a compiler that was running already said that the code is right (`DAYTONA_WARM`)."""


@dataclass(frozen=True, slots=True)
class Missing(WrittenAsJson):
    """Missing definition: what ended a program because nothing defines it, by its own error."""

    kind: MissingKind
    """What it is: a name, a type, a module, a table, a file and so on."""
    name: str
    """As the error names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun(WrittenAsJson):
    """Outcome of a snippet's earlier code in their common session."""

    has_passed: bool
    """Whether it ran to its end without an error."""
    details: str = ""
    """Why it failed, or was not run, in one line; empty if it passed."""
    line: int | None = None
    """1-based line of that code where it failed."""
    output: str = ""
    """What it wrote to stdout."""
    error: str | None = None
    """What it wrote to stderr; None if empty."""
    missing: Missing | None = None
    """What it lacked, if that ended it; None: nothing, or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeValidationResult(WrittenAsJson):
    """Result of one snippet, and whose fault it is if it failed."""

    skill: str
    """As it was given with the snippet."""
    status: Status
    """`Success` or `Failure`."""
    output: str
    """What the program wrote to stdout; bytes that are not UTF-8 are replaced."""
    error: str | None
    """What it wrote to stderr, and for a compile error to both streams; None if empty."""
    execution_time: float
    """Wall seconds of compile and run together; 0.0 if nothing started."""
    details: str
    """One line for people."""
    outcome: Outcome
    """What became of it; see the table of outcomes."""
    fault: Fault
    """Whose failure it is: `none`, `snippet`, `environment` or `infrastructure`."""
    stage: Stage
    """How far it came: the stage that ended it."""
    language: str
    """The language's name in the table; as it was given, if it is not there."""
    provider: str
    """Whose sandbox it was to run in: `local`, `daytona`, or a name of your own."""
    reason: Reason | None = None
    """Why there is no verdict, in one word; None unless it is `unavailable`."""
    exit_code: int | None = None
    """Of the last program that ran; None: none ended by itself."""
    signal: int | None = None
    """Linux's number of the signal that ended it; None: none did."""
    usage: Usage = NO_USAGE
    """What the program used."""
    timings: Timings = Timings()
    """How long it waited, and for what."""
    lost_bytes: LostBytes = LostBytes()
    """Output that was read and not kept."""
    runtime: str | None = None
    """What ran it, with its version; None: nothing did."""
    sandbox_id: str | None = None
    """The name of its sandbox at the provider; None: it had none."""
    sandbox_use: int | None = None
    """Which of that sandbox's snippets it was, from 1; None if it ran in none."""
    network: Network | None = None
    """The program's network access; None if no program was started."""
    attempts: int = 0
    """Runs started for it: 0 if none, 2 if a sandbox was lost, 3 if a used one was lost as well."""
    retries: int = 0
    """What was repeated for it beside the runs: requests for a sandbox, and any that failed."""
    cached: bool = False
    """Whether it is the answer of a former run, taken from the result cache. All that was measured,
    the sandbox and the attempts are then that run's."""
    caveat: Caveat | None = None
    """What a pass does not prove; None if there is nothing to warn of."""
    deduplicated_of: int | None = None
    """Reserved: nothing sets it yet. Index of the snippet whose run served this one too."""
    index: int = 0
    """Position in the source, from 0."""
    snippet_id: str | None = None
    """As it was given with the snippet."""
    location: Location | None = None
    """Where the snippet stands in its file; None: it came from no file."""
    error_line: int | None = None
    """1-based line of the code where it failed, by the error that ended it; None: not known."""
    missing: Missing | None = None
    """What it lacked, if that ended it; None: nothing, or it is not known."""
    earlier: tuple[EarlierRun, ...] = ()
    """Of each code of the snippet's `earlier`, in order."""
    completed: str | None = None
    """What was put around or before the code so that it could run, such as `package main` or
    the blocks before it; None: it ran as it stands."""

    @property
    def is_verdict(self) -> bool:
        """Whether the code was judged: its fault is `none` or `snippet`, unless `cancelled`."""
        return self.fault in (Fault.NONE, Fault.SNIPPET) and self.outcome is not Outcome.CANCELLED

    def to_dict(self) -> dict[str, object]:
        """Return every field, and `is_verdict`, as plain JSON values, in a stable order.

        Half of a surrogate pair, which may stand in a file's name, is U+FFFD.
        """
        found: dict[str, object] = adapter(CodeValidationResult).dump_python(
            self, mode="json", warnings=False
        )
        return found

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON that any encoding of Unicode can hold."""
        return harmless_json(adapter(CodeValidationResult).dump_json(self, warnings=False).decode())
