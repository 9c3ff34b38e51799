"""Every provider under the same tests: a new one adds a row here, not tests.

A behaviour is a real program together with what a fake is told that it did: real providers
run the program, the fake answers from the script, and both must come to the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from daytona_validate import (
    CodeValidationResult,
    Limits,
    SandboxProvider,
    SandboxSpec,
    Snippet,
    Stage,
)
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.local import LocalProvider
from daytona_validate.testing import Execution, FakeProvider, Limit, ran
from eventually import eventually
from held_here import living_children
from once_more import is_once_more
from plain_settings import plain_settings
from zygote_case import ZygoteCase

LIMITS = Limits(
    timeout_s=10.0,
    memory_mib=256,
    processes=32,
    disk_mib=16,
    kept_output_bytes=1000,
    max_output_bytes=100_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a program does, as code and as a script."""

    code: str
    fake: Callable[[Snippet], Execution]
    check: Execution = field(default_factory=lambda: ran(stage=Stage.CHECK))
    stdin: str = ""
    args: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    limits: Limits = LIMITS

    @property
    def snippet(self) -> Snippet:
        return Snippet(
            code=self.code,
            language="python",
            stdin=self.stdin,
            args=self.args,
            files=dict(self.files),
        )

    @property
    def spec(self) -> SandboxSpec:
        return SandboxSpec(language="python", limits=self.limits)


QUICK = Limits(timeout_s=1.0, memory_mib=256, kept_output_bytes=1000, max_output_bytes=100_000)

BEHAVIOURS = {
    "prints": Behaviour(code="print('héllo')", fake=lambda _: ran("héllo\n")),
    "reads stdin": Behaviour(
        code="print(input().upper())", stdin="abc\n", fake=lambda s: ran(s.stdin.upper())
    ),
    "reads arguments": Behaviour(
        code="import sys; print(sys.argv[1:])",
        args=("a b", "-c"),
        fake=lambda s: ran(f"{list(s.args)}\n"),
    ),
    "reads a file": Behaviour(
        code="print(open('data/numbers.txt').read())",
        files=(("data/numbers.txt", "1 2 3"),),
        fake=lambda s: ran(f"{s.files['data/numbers.txt']!s}\n"),
    ),
    "writes a file": Behaviour(
        code="open('kept', 'x').write('1'); print('written')", fake=lambda _: ran("written\n")
    ),
    "writes to both streams": Behaviour(
        code="import sys; print('out'); print('err', file=sys.stderr)",
        fake=lambda _: ran("out\n", "err\n"),
    ),
    "prints bytes that are no text": Behaviour(
        code="import sys; sys.stdout.buffer.write(b'\\xff\\x00\\xfe')",
        fake=lambda _: ran(b"\xff\x00\xfe"),
    ),
    "exits 3": Behaviour(
        code="print('so far'); raise SystemExit(3)", fake=lambda _: ran("so far\n", exit_code=3)
    ),
    "fails": Behaviour(code="1/0", fake=lambda _: ran("", "ZeroDivisionError\n", exit_code=1)),
    "is no program": Behaviour(
        code="print('never'",
        fake=lambda _: ran("", "SyntaxError: '(' was never closed\n", exit_code=1),
        check=ran("", "SyntaxError: '(' was never closed\n", exit_code=1, stage=Stage.CHECK),
    ),
    "kills itself": Behaviour(
        code="import os; os.kill(os.getpid(), 11)", fake=lambda _: ran(exit_code=139, signal=11)
    ),
    "is too slow": Behaviour(
        code="import time; print('begun', flush=True); time.sleep(60)",
        limits=QUICK,
        fake=lambda _: ran("begun\n", wall_s=60),
    ),
    "prints more than is kept": Behaviour(
        code="print('head' + 'x' * 5000 + 'tail', end='')",
        fake=lambda _: ran("head" + "x" * 5000 + "tail"),
    ),
    "floods": Behaviour(
        code="while True: print('y' * 1000)", fake=lambda _: ran("y" * 200_000, limit=Limit.OUTPUT)
    ),
    "waits": Behaviour(code="import time; time.sleep(60)", fake=lambda _: ran()),
}


Answer = Execution | Callable[[Snippet], Execution]
"""What a program comes to; of a session, by the snippet with the secrets of its run."""


class Case(Protocol):
    """A provider under test, and what only its own fixture can know."""

    provider: SandboxProvider

    async def until_running(self, count: int) -> None:
        """Return once so many programs run."""

    def hold(self) -> None:
        """Let programs that wait do so: real ones sleep by themselves."""

    def script(self, code: str, *, run: Answer, check: Execution) -> None:
        """Say what a program comes to: real providers see that by themselves."""

    async def left_over(self) -> int:
        """Count the sandboxes that are there, from outside the provider."""


class FakeCase:
    def __init__(self) -> None:
        by_code = {behaviour.code: behaviour for behaviour in BEHAVIOURS.values()}
        self._runs: dict[str, Callable[[Snippet], Execution]] = {
            code: behaviour.fake for code, behaviour in by_code.items()
        }
        self._checks = {code: behaviour.check for code, behaviour in by_code.items()}
        self.fake = FakeProvider(
            lambda snippet: self._runs[snippet.code](snippet),
            checks=lambda snippet: self._checks[snippet.code],
            uses=50,
        )
        self.provider: SandboxProvider = self.fake

    def script(self, code: str, *, run: Answer, check: Execution) -> None:
        self._runs[code] = run if callable(run) else lambda _: run
        self._checks[code] = check

    async def until_running(self, count: int) -> None:
        await self.fake.until(lambda fake: fake.running == count)

    def hold(self) -> None:
        self.fake.hold("run")

    async def left_over(self) -> int:
        return self.fake.alive


class _RealPrograms:
    def hold(self) -> None:
        """The programs sleep."""

    def script(self, code: str, *, run: Answer, check: Execution) -> None:
        """The programs run."""


class LocalCase(_RealPrograms):
    def __init__(self, cache_dir: Path) -> None:
        self.provider: SandboxProvider = LocalProvider(plain_settings(cache_dir=cache_dir))

    async def until_running(self, count: int) -> None:
        # A jail can only be looked at from outside; there is no event to wait for.
        await eventually(lambda: len(living_children()) >= count)

    async def left_over(self) -> int:
        return len(await asyncio.to_thread(living_children))


class DaytonaCase(_RealPrograms):
    """The provider that talks HTTP, and an emulator that runs what it is told in jails."""

    def __init__(self, daytona: ThreadedEmulator) -> None:
        self._daytona = daytona
        at = daytona.emulator
        self.provider: SandboxProvider = DaytonaProvider(
            plain_settings(api_key=SecretStr(at.api_key), base_url=at.base_url)
        )

    async def until_running(self, count: int) -> None:
        await self._until(lambda counts: counts.executing >= count)

    async def left_over(self) -> int:
        # Removing is off the path of a result, so it may take a moment.
        with suppress(TimeoutError):
            await self._until(lambda counts: counts.alive == 0)
        return self._daytona.emulator.counts.alive

    async def _until(self, is_true: Callable[[Counts], bool]) -> None:
        await asyncio.to_thread(self._daytona.until, is_true, longest_s=60)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what are others once more to the thorough tests."""
    for item in items:
        if is_once_more(item.path.name, _params(item).get("new_case"), _language(item)):
            item.add_marker(pytest.mark.thorough)


def _params(item: pytest.Item) -> dict[str, Any]:
    return item.callspec.params if hasattr(item, "callspec") else {}


def _language(item: pytest.Item) -> str | None:
    """Return the language of a test's program, or something else where it is of several."""
    program = _params(item).get("program", _params(item).get("language"))
    language: str | None = getattr(program, "language", program)
    return language


NewCase = Callable[[], Case]
CASES: dict[str, Callable[[pytest.FixtureRequest], NewCase]] = {
    "fake": lambda _: FakeCase,
    "local": lambda request: partial(LocalCase, request.getfixturevalue("jail_cache_dir")),
    "zygote": lambda request: partial(ZygoteCase, request.getfixturevalue("jail_cache_dir")),
    "daytona": lambda request: partial(
        DaytonaCase, request.getfixturevalue("daytona_for")(*_languages(request))
    ),
}
REAL = [pytest.mark.jail, pytest.mark.slow]
MARKS = {"local": REAL, "daytona": REAL, "zygote": [*REAL, pytest.mark.thorough]}


def _languages(request: pytest.FixtureRequest) -> Iterable[str]:
    """Return the languages that a test needs snapshots of: Go's takes half a minute."""
    named = _language(request.node)
    return LANGUAGES if named and named not in LANGUAGES else filter(None, [named])


@pytest.fixture(params=["fake", *(pytest.param(name, marks=m) for name, m in MARKS.items())])
def new_case(request: pytest.FixtureRequest) -> NewCase:
    """Prepare a case outside the test's event loop: what it needs may run loops of its own."""
    return CASES[request.param](request)


@pytest.fixture
async def case(new_case: NewCase) -> AsyncIterator[Case]:
    async with closed(new_case()) as case:
        yield case


@pytest.fixture(scope="module")
def kept() -> dict[tuple[str, str], dict[str, CodeValidationResult]]:
    """Results by provider and language: the first test of a language runs all of its programs."""
    return {}


@asynccontextmanager
async def closed(case: Case) -> AsyncIterator[Case]:
    """Close the case's provider at the end, and see that nothing is left of it."""
    yield case
    await case.provider.aclose()
    assert await case.left_over() == 0


@pytest.fixture
def behaviours() -> dict[str, Behaviour]:
    return BEHAVIOURS
