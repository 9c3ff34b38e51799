"""Packages, installed for real in a jail with network, and seen from a jail without."""

from __future__ import annotations

import asyncio
import dataclasses
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._toolchains.packages.packages import Packages, PreparedPackages
from daytona_validate._toolchains.toolchains import Toolchains, this_host
from package_servers import closed_port

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough]


class CountedRunner(JailRunner):
    """A runner that counts the jails of installers."""

    runs = 0

    async def run(
        self,
        jail: Jail,
        *,
        timeout_s: float,
        stage: Stage = Stage.RUN,
        stdin: bytes | int = b"",
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> Step:
        type(self).runs += jail.door is not None
        return await super().run(
            jail, timeout_s=timeout_s, stage=stage, stdin=stdin, on_stdout=on_stdout
        )


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def packages(
    empty_cache: Path, jail_runner: JailRunner, toolchains: Toolchains, notices: list[str]
) -> Packages:
    return Packages(empty_cache, jail_runner, toolchains, notices.append)


RunWith = Callable[[tuple[str, ...], str], Awaitable[Step]]


def _run_with(
    language: str, runner: JailRunner, toolchains: Toolchains, packages: Packages
) -> RunWith:
    commands = {"python": ("python", "python3", "-c"), "javascript": ("node", "node", "-e")}

    async def run(names: tuple[str, ...], code: str) -> Step:
        name, *command = commands[language]
        toolchain = await toolchains.prepare(name)
        prepared = await packages.prepare(language, names)
        jail = Jail(
            argv=(*command, code),
            limits=Limits(memory_mib=1024),  # half for what Node reserves: see reserved_mib
            binds=(*toolchain.binds, *prepared.binds),
            links=toolchain.links,
            environment={**toolchain.environment, **prepared.environment},
        )
        return await runner.run(jail, timeout_s=30)

    return run


@pytest.fixture
def python_with(jail_runner: JailRunner, toolchains: Toolchains, packages: Packages) -> RunWith:
    """Run Python code in a jail that has some packages."""
    return _run_with("python", jail_runner, toolchains, packages)


@pytest.fixture
def node_with(jail_runner: JailRunner, toolchains: Toolchains, packages: Packages) -> RunWith:
    """Run JavaScript in a jail that has some packages."""
    return _run_with("javascript", jail_runner, toolchains, packages)


@pytest.mark.network
async def test_numpy_works_in_a_jail_under_the_default_limits(python_with: RunWith) -> None:
    code = (
        "import numpy; x = numpy.arange(5.0);"
        "print(numpy.polyfit(x, 2 * x + 1, 1).round(6), numpy.__file__)"
    )
    step = await python_with(("numpy",), code)
    assert step.stdout.decode() == "[2. 1.] /opt/packages/numpy/__init__.py\n"
    assert step.stderr == b""


@pytest.mark.network
async def test_a_version_is_the_one_asked_for_and_compiled(
    python_with: RunWith, empty_cache: Path
) -> None:
    code = "import six; print(six.__version__, six.__spec__.cached)"
    step = await python_with(("six==1.16.0",), code)
    version, compiled = step.stdout.decode().split()
    assert version == "1.16.0"
    found = await asyncio.to_thread(lambda: list(empty_cache.glob(f"*/root{compiled}")))
    assert len(found) == 1


@pytest.mark.network
async def test_npm_packages_are_found_by_require_and_by_import(node_with: RunWith) -> None:
    code = (
        "const six = require('is-number')('6');"
        "import('is-number').then((module) => console.log(six, module.default('x')))"
    )
    step = await node_with(("is-number@7.0.0",), code)
    assert step.stdout == b"true false\n"


@pytest.mark.network
async def test_many_who_ask_at_once_install_once_and_later_ones_not_at_all(
    packages: Packages,
    notices: list[str],
    empty_cache: Path,
    jail_runner: JailRunner,
    toolchains: Toolchains,
) -> None:
    lists = [("six==1.16.0", "idna==3.7"), ("idna==3.7", "six==1.16.0")] * 10
    answers = await asyncio.gather(*(packages.prepare("python", names) for names in lists))
    assert len({answer.binds for answer in answers}) == 1
    assert notices == ["Installing python packages, once for this machine: idna==3.7, six==1.16.0"]
    later = Packages(empty_cache, jail_runner, toolchains, notices.append)
    assert await later.prepare("python", lists[0]) == answers[0]
    assert len(notices) == 1


@pytest.mark.network
async def test_installed_files_can_be_read_by_all_and_written_by_none(
    packages: Packages, empty_cache: Path
) -> None:
    await packages.prepare("python", ("six==1.16.0",))
    files = await asyncio.to_thread(lambda: list(empty_cache.glob("*/root/**/*.py")))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o444}


@pytest.mark.network
@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("python", "six==0.0.0.1"),
        ("python", "docopt==0.6.2"),  # only ever published as source
        ("javascript", "is-number@999"),
    ],
)
async def test_an_only_package_that_cannot_be_had_is_named_once_and_done_without(
    packages: Packages, notices: list[str], empty_cache: Path, language: str, name: str
) -> None:
    for _ in range(2):
        assert await packages.prepare(language, (name,)) == PreparedPackages()
    _, told = notices
    assert told.startswith(f"Installing without {name}: ")
    assert "Correct the list of packages" in told
    assert await _folders(empty_cache) == []


@pytest.mark.network
@pytest.mark.parametrize(
    ("language", "names", "lacking"),
    [
        ("python", ("docopt==0.6.2", "six==1.16.0"), "docopt==0.6.2"),
        ("javascript", ("is-number@999", "is-odd@3.0.1"), "is-number@999"),
    ],
)
async def test_one_that_cannot_be_had_is_named_and_the_others_are_installed(
    packages: Packages, notices: list[str], language: str, names: tuple[str, ...], lacking: str
) -> None:
    assert (await packages.prepare(language, names)).binds
    assert notices[1].startswith(f"Installing without {lacking}: ")
    assert notices[2].endswith(next(name for name in names if name != lacking))


@pytest.mark.parametrize(("language", "name"), [("python", "six"), ("javascript", "is-number")])
async def test_an_unreachable_index_is_the_infrastructures_fault_and_remembered(
    jail_cache_dir: Path, empty_cache: Path, language: str, name: str
) -> None:
    runner = await CountedRunner.start(jail_cache_dir)
    offline = {"https_proxy": f"http://127.0.0.1:{closed_port()}"}
    host = dataclasses.replace(await asyncio.to_thread(this_host, runner), environment=offline)
    packages = Packages(empty_cache, runner, Toolchains(jail_cache_dir, runner, host=host))
    before = CountedRunner.runs
    for _ in range(3):
        with pytest.raises(SandboxUnavailable, match="index cannot be reached") as caught:
            await packages.prepare(language, (name,))
        assert type(caught.value) is SandboxUnavailable
        assert not caught.value.retryable
        assert f"{language} packages {name} " in str(caught.value)
    assert CountedRunner.runs - before == 1
    assert await _folders(empty_cache) == []


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("python", ("--index-url=https://index.invalid",)),
        ("python", ("../six",)),
        ("javascript", ("user/repository",)),
        ("python", tuple(f"package{number}" for number in range(21))),
        ("sql", ("six",)),
    ],
)
async def test_a_list_that_is_not_names_alone_is_refused(
    packages: Packages, notices: list[str], language: str, names: tuple[str, ...]
) -> None:
    with pytest.raises(ToolchainMissing, match="list of packages is refused"):
        await packages.prepare(language, names)
    assert notices == []


async def test_no_packages_need_nothing(packages: Packages, notices: list[str]) -> None:
    prepared = await packages.prepare("sql", ())
    assert (prepared.binds, prepared.environment) == ((), {})
    assert notices == []


async def _folders(cache: Path) -> list[Path]:
    return await asyncio.to_thread(lambda: [path for path in cache.iterdir() if path.is_dir()])
