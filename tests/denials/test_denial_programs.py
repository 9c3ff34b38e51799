"""Every program of `programs/` is refused what it tries, as root and as a plain user."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Fault, Limits, Step
from daytona_validate._toolchains.record import Toolchain
from denial_programs import ENDINGS, Denial, denials, driven, machines, table, table_of_tests
from jail_with import jail_with
from plain_settings import plain_settings
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user
from try_denials import is_refused, tried

_PAGE = Path(__file__).parents[2] / "docs" / "security.md"
_AS_PLAIN_USER = """
import asyncio, json
from pathlib import Path
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits

async def ran(runner, jail):
    for _ in range(4):
        try:
            return await runner.run(jail, timeout_s=20)
        except SandboxLost:  # the kernel ended a process of another program for its memory
            pass
    return await runner.run(jail, timeout_s=20)

def jail(files, limits):
    return Jail(
        argv=("python3", "-s", "main.py"), limits=limits, files=files, links={links!r},
        environment={environment!r}, binds=tuple(Bind(**each) for each in {binds!r}),
    )

async def main():
    runner = await JailRunner.start(Path.home() / "cache")
    assert runner.jail_id != 0 and not runner.counts_memory
    answers = (await ran(runner, jail({files!r}, Limits()))).stdout
    found = json.loads(answers)
    for name, code in {ended!r}.items():
        files = dict([("main.py", code)])
        step = await ran(runner, jail(files, Limits(memory_mib=128)))
        found[name] = step.limit
    print(json.dumps(found))

asyncio.run(main())
"""


REFUSED = [each for each in denials() if not each.ends]
ENDED = [each for each in denials() if each.ends]


def _wrong(answers: Mapping[str, str | None], expected: Iterable[Denial]) -> dict[str, str | None]:
    """Return what programs printed, or were ended for, that must not have been."""
    return {
        each.file.stem: answers[each.file.stem]
        for each in expected
        if answers[each.file.stem] not in (each.ends or {each.answer})
    }


@pytest.mark.jail
@pytest.mark.slow
async def test_all_is_refused(
    jail_runner: JailRunner, python_toolchain: Toolchain, patiently: Any
) -> None:
    jail = jail_with(python_toolchain, ("python3", "-s", "main.py"), files=driven())
    step = await patiently(lambda: jail_runner.run(jail, timeout_s=20))
    assert step.exit_code == 0, step.stderr.decode()
    assert _wrong(json.loads(step.stdout), REFUSED) == {}


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
@only_as_root
def test_all_is_refused_to_a_plain_user(python_toolchain: Toolchain) -> None:
    """Who can make no control group."""
    program = _AS_PLAIN_USER.format(
        files=driven(),
        ended={each.file.stem: each.code for each in ENDED},
        links=python_toolchain.links,
        environment=dict(python_toolchain.environment),
        binds=[asdict(each) for each in python_toolchain.binds],
    )
    with home_of_plain_user() as home:
        printed = printed_as_plain_user(program, python_toolchain, home=home)
    assert _wrong(json.loads(printed), denials()) == {}


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
@pytest.mark.timeout(900)
async def test_in_forks_of_a_zygote_they_are_refused_the_same(
    jail_runner: JailRunner, jail_cache_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if not jail_runner.forks.is_possible:
        pytest.skip("no control groups count here")
    caplog.set_level("INFO", logger="daytona_validate")
    settings = plain_settings(cache_dir=jail_cache_dir, cache="off", python_engine="zygote")
    wanted = denials()
    results = await tried(wanted, settings)
    assert [
        (each.file.stem, result.output, result.details)
        for each, result in zip(wanted, results, strict=True)
        if not is_refused(each, result)
    ] == []
    # Those that take all memory may take the fork's first process with them.
    lost = caplog.text.count("left to a sandbox of its own")
    assert lost <= len([each for each in wanted if each.ends]), caplog.text


_WITHIN = "held = bytearray(100 << 20); print(len(held))"
"""A neighbour's program, which takes most of the same limit."""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(
    "groups", ["control groups", pytest.param("none", marks=pytest.mark.thorough)]
)
async def test_it_is_ended_for_its_limit_and_no_neighbour_is(
    jail_runner: JailRunner, python_toolchain: Toolchain, patiently: Any, groups: str
) -> None:
    runner = jail_runner if groups != "none" else JailRunner(jail_runner._host, Cgroups(()))
    limits = Limits(memory_mib=128)

    async def ended(code: bytes) -> Step:
        jail = jail_with(
            python_toolchain, ("python3", "-s", "main.py"), files={"main.py": code}, limits=limits
        )
        step: Step = await patiently(lambda: runner.run(jail, timeout_s=30))
        return step

    *steps, neighbour = await asyncio.gather(
        *(ended(each.code) for each in ENDED), ended(_WITHIN.encode())
    )
    met = {each.file.stem: step.limit for each, step in zip(ENDED, steps, strict=True)}
    assert _wrong(met, ENDED) == {}
    assert (neighbour.limit, neighbour.stdout) == (None, b"104857600\n")
    assert groups != "none" or all(step.usage.is_estimated for step in steps)


OTHERS = [each for each in ENDINGS.values() if each not in ("python", "typescript")]
"""Languages with ways of their own; TypeScript's are JavaScript's."""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.timeout(600)  # the first use of a toolchain prepares it
@pytest.mark.parametrize("language", OTHERS)
async def test_all_is_refused_in_other_languages(language: str, jail_cache_dir: Path) -> None:
    wanted = denials(language)
    assert len(wanted) >= 7
    results = await tried(wanted, plain_settings(cache_dir=jail_cache_dir, cache="off"))
    if all(each.fault is Fault.ENVIRONMENT for each in results):
        pytest.skip(results[0].details)  # a JDK is on no package index
    assert {
        each.file.name: (result.outcome, result.output, result.error)
        for each, result in zip(wanted, results, strict=True)
        if not is_refused(each, result)
    } == {}


def test_the_page_has_the_tables_of_them() -> None:
    page = _PAGE.read_text()
    assert table() in page
    assert table_of_tests() in page


def test_a_record_of_a_machine_names_programs_that_were_refused_there() -> None:
    versions = {each.version for each in denials(None)}
    assert len(machines()) >= 2
    for each in machines():
        assert each.refused & versions, f"record {each.mark} is of no present program"
