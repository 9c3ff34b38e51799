"""What ran, before it is judged."""

from __future__ import annotations

from dataclasses import dataclass

from daytona_validate._models.json_form import WrittenAsJson
from daytona_validate._models.outcome import Limit, Network, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(WrittenAsJson):
    """Resource usage of a run. Fields are None where the provider does not know."""

    wall_s: float = 0.0
    """Wall seconds of compile and run."""
    cpu_s: float | None = None
    """Seconds of processor time, of all its processes."""
    peak_memory_bytes: int | None = None
    """The most memory that it held at one time."""
    is_estimated: bool = False
    """True where the figures cover more than the program (a runtime's start, our own shell)."""
    waited_s: float | None = None
    """Seconds in which it waited, or in the last run may have waited, for a processor that others
    held; its time limit stood still. None: not known."""


NO_USAGE = Usage()
"""Of what never ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Process that ran on behalf of a snippet: its compiler, or the program itself."""

    stage: Stage
    exit_code: int | None
    """None if a limit ended it."""
    signal: int | None = None
    """Number of the signal that ended it, if one did."""
    stdout: bytes = b""
    stderr: bytes = b""
    lost_stdout_bytes: int = 0
    lost_stderr_bytes: int = 0
    limit: Limit | None = None
    usage: Usage = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Raw outcome of one snippet: the steps that ran, in order, not yet classified."""

    steps: tuple[Step, ...]
    """At least one; a step that failed is the last."""
    runtime: str
    """The runtime's name and version as the sandbox itself reported them."""
    network: Network = "blocked"
    is_warm: bool = False
    """Whether a compiler that was running already did a part of it; what it used is not counted."""
