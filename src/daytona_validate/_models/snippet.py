"""Code to validate, and what it asks of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daytona_validate._models.json_form import WrittenAsJson
from daytona_validate._models.limits import Limits


@dataclass(frozen=True, slots=True)
class Location(WrittenAsJson):
    """Source location: where a snippet stands in the files it was read from."""

    path: str
    """Of the file, as it was named."""
    line: int
    """1-based line: of the opening fence, of the JSONL record, 1 for a source file."""
    cell: int | None = None
    """0-based index among all cells of a notebook; None: it is no notebook."""
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
    """The program."""
    language: str
    """A name or alias of a language, in any letter case."""
    skill: str = ""
    """Free text that comes back in the result."""
    stdin: str = ""
    """What it reads from stdin."""
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
    compared with `expected_output`. With `earlier` it is run as a program all the same."""
    until_listening: bool = False
    """Whether a server has passed once it listens on a port and goes on: it is then ended. Python
    (without `earlier`), JavaScript and TypeScript; others go on to their time limit."""
    must_reach_end: bool = False
    """Whether it has passed only if its last statement has ended in the ordinary way: exit code 0
    by `sys.exit`, `os._exit` and their like is then a `runtime_error`. It counts neither with
    `check_only` nor with `should_fail`, and excludes `run_tests` and `until_listening`."""
    snippet_id: str | None = None
    """A name of your own; it comes back in the result."""
    location: Location | None = None
    """Where it stands in a file; it comes back in the result."""
    is_block: bool = False
    """Whether it is a block of a page. Only there a line such as `--8<-- "x.py"` stands for a file
    that the page's builder puts in its place; anywhere else it is a mistake like any other."""
    source: bytes | None = None
    """The bytes of its file, where they differ from `code`: they run, and `code` is only shown."""
    earlier: tuple[str, ...] = ()
    """Code in its language that runs before it in the same session, so that it finds the names,
    tables and files made there. What that prints is dropped, and its failures are not this
    snippet's: both stand in the result's `earlier`. Only languages with sessions take it. All of
    it together may take as long as the snippet; if the snippet cannot begin for it, that is
    `not_runnable`."""
    check_only: bool = False
    """Whether it is only compiled or checked, and never run."""
    should_fail: str | None = None
    """It is meant to fail, with this in its cause (a name such as `ValueError`; empty: in any way).
    Failed as meant, it has passed. None: it is not meant to fail."""
    skip: str | None = None
    """Why it is left out on purpose; it then becomes `skipped`, and is not tried."""
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
    parts: frozenset[str] | None = field(default=None, compare=False)
    """Of the toolchain's library, those that the snippet may need, among names that are none; None:
    all of it. Not compared: a sandbox that more snippets share is Daytona's, which has all."""
    is_alone: bool = False
    """Run beside nothing else of this user's: others may have kept the snippet from running."""
