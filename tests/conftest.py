"""What holds in every test: a clean environment, and no blocking call in the event loop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import pytest
from blockbuster import BlockBuster
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import daytona_validate
from build_snapshots import build_snapshots
from daytona_validate._emulator.serve import emulator
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.cache_folder import cache_folder
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Step
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains
from folder_for_jails import folder_for_jails
from jail_with import jail_with
from processes_of_tests import (  # noqa: F401 - hooks are found here
    LASTING_CACHE,
    pytest_configure,
    pytest_make_collect_report,
    pytest_runtest_protocol,
)
from share_of_tests import pytest_collection_modifyitems  # noqa: F401 - as above
from virtual_time import VirtualTimeLoop

T = TypeVar("T")

BRIEF = {
    # Control groups are files of the kernel's: some 10 µs a call, and no disk.
    "_jails/cgroup.py": {"limit", "add", "account", "remove"},
    "_jails/own_ooms.py": {"so_far"},
    "_jails/cgroups.py": {"make"},
    # A jail must be started by the loop's own thread: 1 to 2 ms (the reason stands there).
    "_jails/spawn.py": {"spawn"},
    "_jails/zygote.py": {"_asked"},
    # An empty file's; in a thread, a cancellation would lose the lock that was got there.
    # Others are asked for again and again.
    "_runtime/file_lock.py": {"__init__", "_taken", "_let_go"},
    # One listing for a program that runs alone.
    "_jails/host_slots.py": {"_others"},
    # A socket's name in a folder of ours, made and taken away while its jail starts: in a thread,
    # a cancellation would lose the socket.
    "_jails/folder_socket.py": {"listening_in", "close_in"},
    # As above, for the jail of an installer.
    "_toolchains/package_index/index_door.py": {"_listening", "_close"},
    # A small file of our own package, once per toolchain.
    "_toolchains/host_command.py": {"program_text"},
    # Some 25 small files of our own package, once per language.
    "_sandbox_files/__init__.py": {"contents"},
    "_sandbox_files/typescript_lock.py": {"_packages"},
    # The supervisor of runs, once in a process, with the module that has it.
    "_providers/daytona/envelope/supervisor.py": {"_source"},
}
"""Calls that count as blocking, and are made in the loop on purpose: file to functions."""
PACKAGE = Path(daytona_validate.__file__).parent
assert all((PACKAGE / file).is_file() for file in BRIEF), "a file named here has moved"

# How long an input takes to make says how busy the machine is, nothing of the code.
hypothesis_settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")
# In the README's command; `-m 'thorough or hypothesis'` makes the usual number.
hypothesis_settings.register_profile("brief", max_examples=30)  # and the rest as above


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let sessions of nox ask for more than an everyday run has the time for."""
    faults = parser.getgroup("faults", "validations while the service does something wrong")
    faults.addoption("--fault-validations", type=int, default=12, help="for each fault")
    faults.addoption("--fault-concurrency", type=int, default=6, help="at one time")
    faults.addoption("--fault-table", help="file to append a line for each fault to")
    simulation = parser.getgroup("simulation", "batches over a simulated Daytona")
    simulation.addoption("--simulation-table", help="file to append a line for each batch to")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make fewer examples where time counts."""
    if "not thorough" in session.config.getoption("markexpr"):
        hypothesis_settings.load_profile("brief")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among a hundred thousand new objects: it takes a quarter of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Spare each `gc.collect` of a test what was there before it: thousands of tests."""
    gc.collect()
    gc.freeze()


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Have tests of time run in a loop that leaps over it."""
    if item.get_closest_marker("virtual_time"):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.new_event_loop}


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard() -> None:
    """Let children take SIGINT as usual: a shell has what it starts in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("DAYTONA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def blocking_calls_fail(request: pytest.FixtureRequest) -> Iterator[None]:
    """A blocking call of ours in a coroutine test's event loop is an error, there and then."""
    if request.node.get_closest_marker("asyncio") is None:
        yield  # a plain test has no loop, and there are thousands of them
        return
    guard = _guard()
    guard.activate()
    yield
    guard.deactivate()


@cache
def _guard() -> BlockBuster:
    """Return the one of this process: to make it anew costs more than most tests do."""
    guard = BlockBuster("daytona_validate")
    # Coverage takes a lock in whatever function first runs in a new file, and each thread keeps
    # the `acquire` that it began with: one that began in a coroutine test would fail ever after.
    del guard.functions["threading.Lock.acquire"]
    for call in guard.functions.values():
        for file, functions in BRIEF.items():
            call.can_block_in(f"daytona_validate/{file}", functions)
    return guard


@pytest.fixture(scope="session")
def jail_cache_dir() -> Iterator[Path]:
    """The cache folder of the tests: the one that lasts, or a fresh one."""
    if LASTING_CACHE:
        yield cache_folder(Path(LASTING_CACHE))
    else:
        with folder_for_jails() as folder:
            yield folder


@pytest.fixture
def shared_cache(
    clean_environment: None, monkeypatch: pytest.MonkeyPatch, jail_cache_dir: Path
) -> None:
    """Commands and validators find what the tests have prepared, but no results of former runs."""
    monkeypatch.setenv("DAYTONA_CACHE_DIR", str(jail_cache_dir))
    monkeypatch.setenv("DAYTONA_CACHE", "off")


@pytest.fixture(scope="session")
def fresh_cache_dir(jail_cache_dir: Path) -> Iterator[Path]:
    """A cache without what earlier sessions prepared: the tests' own, unless that one lasts."""
    if LASTING_CACHE:
        with folder_for_jails() as folder:
            yield folder
    else:
        yield jail_cache_dir


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A fresh folder that jails can enter; pytest's own are closed to other users."""
    with folder_for_jails() as folder:
        yield folder


@pytest.fixture(scope="session")
def jail_runner(jail_cache_dir: Path) -> JailRunner:
    """One runner for all tests that start jails: it belongs to no event loop."""
    return asyncio.run(JailRunner.start(jail_cache_dir))


@pytest.fixture(scope="session")
def python_toolchain(jail_runner: JailRunner) -> Toolchain:
    """This interpreter, ready for jails: copied once for all tests, within some seconds."""
    return asyncio.run(Toolchains(jail_runner.cache, jail_runner).prepare("python"))


@pytest.fixture(scope="session")
def daytona(jail_cache_dir: Path) -> Iterator[ThreadedEmulator]:
    """Daytona's API over jails, on loopback, with a snapshot for Python.

    Bodies are compared with the official models where those are installed.
    """
    is_strict = find_spec("daytona_api_client_async") is not None
    with threaded(lambda: emulator(cache_dir=jail_cache_dir, is_strict=is_strict)) as running:
        asyncio.run(build_snapshots(running, ["python"]))
        yield running
    assert running.emulator.violations == []


@pytest.fixture(scope="session")
def daytona_for(daytona: ThreadedEmulator) -> Callable[..., ThreadedEmulator]:
    """The same with snapshots for more languages, built when first asked for.

    Go's has all of its standard library: that takes half a minute.
    """
    built = {"python"}

    def with_snapshots(*languages: str) -> ThreadedEmulator:
        asyncio.run(build_snapshots(daytona, set(languages) - built))
        built.update(languages)
        return daytona

    return with_snapshots


Patience = Callable[[Callable[[], Awaitable[T]]], Awaitable[T]]


async def _patiently(run: Callable[[], Awaitable[T]]) -> T:
    for _ in range(4):
        try:
            return await run()
        except SandboxLost as lost:
            if not lost.retryable:
                raise
    return await run()


@pytest.fixture(scope="session")
def patiently() -> Patience[Any]:
    """Run again what the machine was too busy for, as the pipeline does: that is no verdict."""
    return _patiently


@pytest.fixture
def python(jail_runner: JailRunner, python_toolchain: Toolchain) -> Callable[..., Awaitable[Step]]:
    """Run Python code in a jail of its own."""

    async def run(
        code: str,
        *,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        timeout_s: float = 10.0,
    ) -> Step:
        jail = jail_with(
            python_toolchain,
            ("python3", "-s", "main.py"),
            limits=limits,
            files={"main.py": code.encode()},
        )
        return await _patiently(lambda: jail_runner.run(jail, timeout_s=timeout_s))

    return run


@pytest.fixture
def shell(jail_runner: JailRunner) -> Callable[..., Awaitable[Step]]:
    """Run a line of shell in a jail of its own."""

    async def run(
        line: str,
        *,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
        timeout_s: float = 10.0,
        stdin: bytes = b"",
    ) -> Step:
        jail = Jail(argv=("sh", "-c", line), limits=limits)
        return await _patiently(lambda: jail_runner.run(jail, timeout_s=timeout_s, stdin=stdin))

    return run
