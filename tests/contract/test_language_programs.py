"""Every language under the same tests: a new one adds a table of small programs, not tests.

`programs/<language>.toml` has a program for each behaviour below, and where its last words are
needed, as its runtime really wrote them, so that a provider that runs nothing comes to the same
results. What a language cannot do is in its table too, with the reason.

All programs of a language run at once, as snippets do that come as many; each test judges one.
"""

from __future__ import annotations

import socket
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import (
    CodeValidationResult,
    Fault,
    Limits,
    Outcome,
    Snippet,
    Stage,
)
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate.testing import Execution, Limit, ran

from .at_once import Kept, Told, results_of
from .conftest import Case, NewCase

PREPARING_S = 600
"""The first use of a toolchain prepares it."""
pytestmark = pytest.mark.timeout(PREPARING_S)

AMPLE = Limits(timeout_s=20.0, kept_output_bytes=1000, max_output_bytes=1_000_000)
BRIEF = Limits(timeout_s=1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a program of any language does; its table may say otherwise for one language."""

    outcome: Outcome = Outcome.PASSED
    output: str | None = ""
    """None: whatever it was before it was ended."""
    exit_code: int = 0
    stdin: str = ""
    args: tuple[str, ...] = ()
    limits: Limits = AMPLE
    limit: Limit | None = None


BEHAVIOURS = {
    "prints": Behaviour(output="hello\n"),
    "reads_stdin": Behaviour(stdin="one\ntwo\n", output="ONE\nTWO\n"),
    "takes_arguments": Behaviour(args=("a b", "-c"), output="a b\n-c\n"),
    "has_more_files": Behaviour(output="hello Ada\n"),
    "prints_unicode": Behaviour(output="Größe Ω → 🙂\n"),
    "is_no_program": Behaviour(outcome=Outcome.COMPILE_ERROR, exit_code=1),
    "is_a_fragment": Behaviour(outcome=Outcome.NOT_RUNNABLE, exit_code=1),
    "fails": Behaviour(outcome=Outcome.RUNTIME_ERROR, exit_code=1),
    "exits_with_3": Behaviour(outcome=Outcome.RUNTIME_ERROR, exit_code=3, output="so far\n"),
    "is_too_slow": Behaviour(
        outcome=Outcome.TIMEOUT,
        output="begun\n",
        limits=BRIEF,
        limit=Limit.TIMEOUT,
    ),
    "takes_all_memory": Behaviour(outcome=Outcome.MEMORY_LIMIT, output=None, limit=Limit.MEMORY),
    "floods": Behaviour(outcome=Outcome.OUTPUT_LIMIT, output=None, limit=Limit.OUTPUT),
    "reaches_no_network": Behaviour(output="no network\n"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program of a language's table."""

    name: str
    language: str
    behaviour: Behaviour
    code: str
    outcome: Outcome
    output: str | None
    args: tuple[str, ...]
    exit_code: int
    stderr: str = ""
    """What its runtime or compiler wrote, for the provider that runs nothing."""
    report: str = ""
    """The same for our own programs: what a compiler of ours wrote to stdout."""
    details: str = ""
    """What the one line for people must contain."""
    files: dict[str, str] = field(default_factory=dict)

    def snippet(self, *, stdin: str = "") -> Snippet:
        return Snippet(
            code=self.code,
            language=self.language,
            stdin=self.behaviour.stdin or stdin,
            args=self.args,
            files=self.files,
            limits=self.behaviour.limits,
        )

    @property
    def run(self) -> Execution:
        """What a provider that runs nothing is told."""
        return ran(
            self.output or self.report,
            self.stderr,
            exit_code=self.exit_code,
            limit=self.behaviour.limit,
            stage=Stage.COMPILE if self._is_refused and _compiles(self.language) else Stage.RUN,
        )

    @property
    def check(self) -> Execution:
        report, stderr = (self.report, self.stderr) if self._is_refused else ("", "")
        return ran(report, stderr, exit_code=1 if self._is_refused else 0, stage=Stage.CHECK)

    @property
    def _is_refused(self) -> bool:
        return self.outcome in (Outcome.COMPILE_ERROR, Outcome.NOT_RUNNABLE)


def _compiles(language: str) -> bool:
    return any(step.stage is Stage.COMPILE for step in LANGUAGES[language].steps)


def _program(language: str, name: str, given: dict[str, Any]) -> Program:
    behaviour = BEHAVIOURS[name]
    return Program(
        name=name,
        language=language,
        behaviour=behaviour,
        outcome=Outcome(given.pop("outcome", behaviour.outcome)),
        output=given.pop("output", behaviour.output),
        args=tuple(given.pop("args", behaviour.args)),
        exit_code=given.pop("exit_code", behaviour.exit_code),
        **given,
    )


TABLES = {
    name: tomllib.loads(table.read_text())
    for name in LANGUAGES
    if (table := Path(__file__).with_name("programs") / f"{name}.toml").is_file()
}
OPTIONAL = {
    name: table.pop("is_optional") for name, table in TABLES.items() if "is_optional" in table
}
"""Languages whose toolchain does not come with this package, and why."""
PROGRAMS = {
    f"{language}-{name}": _program(language, name, dict(given))
    for language, table in TABLES.items()
    for name, given in table.items()
    if "impossible" not in given
}
CHECKED = {
    key: program
    for key, program in PROGRAMS.items()
    if key.endswith(("-prints", "-is_no_program")) and LANGUAGES[program.language].check
}


SLOW_TO_START = frozenset({"java", "go"})
OF_SLOW_ONES = frozenset(
    {"prints", "is_no_program", "is_a_fragment", "fails", "is_too_slow", "takes_all_memory"}
)
"""Those of their programs that run each time; the others are left to the thorough tests."""


def _marks(program: Program) -> list[pytest.MarkDecorator]:
    is_more = program.language in SLOW_TO_START and program.name not in OF_SLOW_ONES
    return [pytest.mark.thorough] if is_more else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_a_program_or_a_reason_for_each_behaviour(language: str) -> None:
    table = TABLES[language]
    assert set(table) == set(BEHAVIOURS)
    assert all(given.get("impossible") or given.get("code") for given in table.values())


@pytest.fixture
async def result(
    request: pytest.FixtureRequest, new_case: NewCase, program: Program, kept: Kept
) -> CodeValidationResult:
    """What the program came to."""
    at = request.node.callspec.params["new_case"], program.language
    if at not in kept:
        kept[at] = await _all_results(new_case, _judged(request, program.language))
    found = kept[at][program.name]
    is_missing = found.outcome is Outcome.UNAVAILABLE and found.fault is Fault.ENVIRONMENT
    if is_missing and program.language in OPTIONAL:
        pytest.skip(f"{OPTIONAL[program.language]}: {found.details}")
    return found


def _judged(request: pytest.FixtureRequest, language: str) -> list[Program]:
    """Return the programs of a language that this session judges at the test's provider."""
    case = request.node.callspec.params["new_case"]
    items = (item for item in request.session.items if item.path == request.node.path)
    given = [item.callspec.params for item in items if hasattr(item, "callspec")]
    judged = [each["program"] for each in given if each.get("new_case") == case]
    names = {each.name for each in judged if each.language == language}
    return [each for each in PROGRAMS.values() if each.language == language and each.name in names]


async def _all_results(
    new_case: NewCase, programs: list[Program]
) -> dict[str, CodeValidationResult]:
    # Somebody to talk to on this machine, for who can get there.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        host, port = listener.getsockname()
        results = await results_of(
            new_case,
            {
                each.name: Told(each.snippet(stdin=f"{host} {port}\n"), each.run, each.check)
                for each in programs
            },
        )
        with pytest.raises(BlockingIOError):  # nobody has come
            listener.accept()
    return results


@pytest.mark.parametrize(
    "program",
    [pytest.param(each, marks=_marks(each), id=key) for key, each in PROGRAMS.items()],
)
async def test_a_program_comes_to_its_outcome(
    program: Program, result: CodeValidationResult
) -> None:
    assert result.outcome is program.outcome, f"{result.details}\n{result.error}"
    assert program.output is None or result.output == program.output
    assert program.details in result.details
    if program.behaviour.limit is None:  # else it was ended, or ended by itself, for want of it
        assert result.exit_code == program.exit_code
    assert result.network in {"blocked", "blocked, daemon open"}


@pytest.mark.parametrize("program", CHECKED.values(), ids=CHECKED)
@pytest.mark.usefixtures("result")  # skips where the language is not installed
async def test_checking_alone_runs_nothing_and_finds_what_is_no_program(
    case: Case, program: Program
) -> None:
    case.script(program.code, run=program.run, check=program.check)
    spec = Job(program.snippet(), LANGUAGES[program.language], AMPLE).spec()
    async with case.provider.open(spec) as sandbox:
        execution = await sandbox.run(program.snippet(), until=Stage.CHECK)
    step = execution.steps[-1]
    assert step.stage is Stage.CHECK
    assert (step.exit_code == 0) is (program.outcome is Outcome.PASSED)
    assert b"hello" not in step.stdout
