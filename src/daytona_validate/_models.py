"""The frozen values that travel through the package, from a snippet to its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal

from daytona_validate._json_text import json_text


class Outcome(StrEnum):
    """Classification of a result. Status, fault and exit code of each: `_core/outcomes.py`."""

    PASSED = "passed"
    SKIPPED = "skipped"
    """Reserved: nothing sets it yet."""
    NOT_RUNNABLE = "not_runnable"
    CANCELLED = "cancelled"
    """Reserved: nothing sets it yet."""
    COMPILE_ERROR = "compile_error"
    RUNTIME_ERROR = "runtime_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROCESS_LIMIT = "process_limit"
    DISK_LIMIT = "disk_limit"
    WRONG_OUTPUT = "wrong_output"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    INVALID_SNIPPET = "invalid_snippet"
    MISSING_DEPENDENCY = "missing_dependency"
    UNAVAILABLE = "unavailable"


class Fault(StrEnum):
    """Who has to act: nobody, the snippet's author, who set up the host, or who operates it."""

    NONE = "none"
    SNIPPET = "snippet"
    ENVIRONMENT = "environment"
    INFRASTRUCTURE = "infrastructure"


class Caveat(StrEnum):
    """Warning on a snippet that passed: what its pass does not prove."""

    TESTS_NOT_RUN = "tests_not_run"
    """The code defines tests, and nothing ran them."""
    TESTS_CUT_OFF = "tests_cut_off"
    """The code hands tests to a runner, and exited before the runner had reported."""
    TESTS_FAILED = "tests_failed"
    """The code ran tests that failed, by its own report, and exited with code 0 all the same."""


class Stage(StrEnum):
    """Phase of a run: the last one that a snippet reached, or of a step: what it does."""

    SETUP = "setup"
    COMPILE = "compile"
    RUN = "run"
    CHECK = "check"
    """Of a step: the code is checked and not run. Of a result: its output was
    compared and differs; the stage of one that does not is `RUN`."""


Network = Literal["blocked", "blocked, daemon open", "organization"]
"""What a program had of the network: none, or what the organization gives its sandboxes.

`blocked, daemon open`: none, but it could reach Daytona's daemon in its own sandbox, which asks for
no key and runs commands without limits: a program that means harm could forge its result.
"""


class Limit(StrEnum):
    """Resource limit that ended a step, named after the outcome it leads to."""

    TIMEOUT = "timeout"
    MEMORY = "memory_limit"
    OUTPUT = "output_limit"
    PROCESSES = "process_limit"
    DISK = "disk_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Resource limits of one snippet. Each holds for the snippet's whole process tree."""

    timeout_s: float = 30.0
    """Seconds for the program alone in which it could run, and at most 4 x as many of wall time."""
    compile_timeout_s: float = 30.0
    """The same for each step before it, such as a compiler or a server's start."""
    memory_mib: int = 512
    """Memory in MiB, the files in the work folder included where the host can count them."""
    processes: int = 256
    """Processes and threads alive at one time: 100 threads are usual in lessons, and runtimes have
    some of their own (on 2 cores Java 14, Node 7, Go 5, a PostgreSQL 8; more on more)."""
    open_files: int = 256
    """Open descriptors in one process."""
    disk_mib: int = 64
    """Size of the work folder in MiB."""
    kept_output_bytes: int = 256 * 1024
    """Bytes kept of each stream, half from its head, half from its tail. Any `expected_output`
    raises less to twice its own size and 64 KiB, but not above 16 MiB or `max_output_bytes`."""
    max_output_bytes: int = 16 * 1024 * 1024
    """Bytes over both streams after which the program is ended."""


@dataclass(frozen=True, slots=True)
class Location:
    """Source location: where a snippet stands in the files it was read from."""

    path: str
    line: int
    """1-based line: of the opening fence, of the JSONL record, 1 for a source file."""
    cell: int | None = None
    """Reserved: nothing sets it yet. 0-based index among all cells of a notebook."""
    included: str | None = None
    """The files that stand in the place of a block which only includes them, as the page names
    them; lines in `details` are then theirs. None: the code stands in the page."""

    def __str__(self) -> str:
        cell = "" if self.cell is None else f":cell[{self.cell}]"
        return f"{self.path}{cell}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Code to validate, with everything that belongs to its run.

    Nothing is checked here: a snippet that makes no sense becomes a result that says so.
    """

    code: str
    language: str
    """A name or alias of a language, in any letter case."""
    skill: str = ""
    """Free text that comes back in the result."""
    stdin: str = ""
    files: Mapping[str, str | bytes] = field(default_factory=dict[str, str | bytes])
    """More files in the work folder: relative path to content."""
    args: tuple[str, ...] = ()
    """Command-line arguments of the program."""
    expected_output: str | None = None
    """What stdout must be; None: anything will do."""
    compare: str | None = None
    """How stdout is compared with it: `exact`; `lines`, white space at their ends and at the end
    of all ignored; `tokens`, as parted by white space; `float` or `float=1e-6`, the same with
    numbers up to that far apart, absolute or in proportion. None: `lines`."""
    timeout_s: float | None = None
    """Of the program, as in `Limits`; None: the limit of its language, else of `limits`."""
    limits: Limits | None = None
    """None: the validator's limits."""
    run_tests: bool = False
    """Whether its tests are run in place of the program, if it has any. What they print is not
    compared with `expected_output`."""
    snippet_id: str | None = None
    location: Location | None = None
    is_block: bool = False
    """Whether it is a block of a page. Only there a line such as `--8<-- "x.py"` stands for a file
    that the page's builder puts in its place; anywhere else it is a mistake like any other."""
    source: bytes | None = None
    """The bytes of its file, where they differ from `code`: they run, and `code` is only shown."""
    not_runnable: str | None = None
    """Why it is known to be no program; it then becomes `not_runnable`, and is not tried."""
    unreadable: str | None = None
    """Why its source could not be read as a snippet; it then becomes `invalid_snippet`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSpec:
    """Sandbox requirements: what a sandbox must offer before a snippet can run in it."""

    language: str
    """The language's name in the table, not an alias."""
    limits: Limits
    packages: tuple[str, ...] = ()
    """Third-party packages that must be importable, as `name` or `name==version`."""
    is_alone: bool = False
    """Run beside nothing else of this user's: others may have kept the snippet from running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Resource usage of a run. Fields are None where the provider does not know."""

    wall_s: float = 0.0
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    is_estimated: bool = False
    """True where the figures cover more than the program (a runtime's start, our own shell)."""
    waited_s: float | None = None
    """Seconds in which it waited, or in the last run may have waited, for a processor that others
    held; its time limit stood still. None: not known."""


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


@dataclass(frozen=True, slots=True)
class LostBytes:
    """Truncated output: bytes that were read but not kept."""

    stdout: int = 0
    stderr: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Wall seconds spent around the program, by phase."""

    queued_s: float = 0.0
    """Waiting for a slot, behind a throttle, or for what is prepared once."""
    created_s: float = 0.0
    """Making the sandbox, retries included."""
    ran_s: float = 0.0
    """From handing over the snippet to holding its execution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeValidationResult:
    """Result of one snippet, and whose fault it is if it failed."""

    skill: str
    status: str
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
    fault: Fault
    stage: Stage
    language: str
    provider: str
    exit_code: int | None = None
    signal: int | None = None
    usage: Usage = Usage()
    timings: Timings = Timings()
    lost_bytes: LostBytes = LostBytes()
    runtime: str | None = None
    sandbox_id: str | None = None
    sandbox_use: int | None = None
    """Which of that sandbox's snippets it was, from 1; None if it ran in none."""
    network: Network | None = None
    """The program's network access; None if no program was started."""
    attempts: int = 0
    """Runs started for it: 0 if none, 2 if a sandbox was lost, 3 if a used one was lost as well."""
    cached: bool = False
    """Reserved: nothing sets it yet."""
    caveat: Caveat | None = None
    """What a pass does not prove; None if there is nothing to warn of."""
    deduplicated_of: int | None = None
    """Reserved: nothing sets it yet. Index of the snippet whose run served this one too."""
    index: int = 0
    """Position in the source, from 0."""
    snippet_id: str | None = None
    location: Location | None = None

    @property
    def is_verdict(self) -> bool:
        """Whether the code was judged: its fault is `none` or `snippet`."""
        return self.fault in (Fault.NONE, Fault.SNIPPET)

    def to_dict(self) -> dict[str, object]:
        """Return every field as plain JSON values, in a stable order."""
        return asdict(self) | {"is_verdict": self.is_verdict}

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON that any encoding of Unicode can hold."""
        return json_text(self.to_dict())
