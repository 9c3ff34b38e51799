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
from daytona_validate._models import Limits, Step
from daytona_validate._toolchains.record import Toolchain
from denial_programs import Denial, denials, driven, table
from jail_with import jail_with
from plain_user import home_of_plain_user, only_as_root, printed_as_plain_user

_PAGE = Path(__file__).parents[2] / "docs" / "security.md"
_AS_PLAIN_USER = """
import asyncio, json
from pathlib import Path
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits

def jail(files, limits):
    return Jail(
        argv=("python3", "-s", "main.py"), limits=limits, files=files, links={links!r},
        environment={environment!r}, binds=tuple(Bind(**each) for each in {binds!r}),
    )

async def main():
    runner = await JailRunner.start(Path.home() / "cache")
    assert runner.jail_id != 0 and not runner.counts_memory
    answers = (await runner.run(jail({files!r}, Limits()), timeout_s=20)).stdout
    found = json.loads(answers)
    for name, code in {ended!r}.items():
        files = dict([("main.py", code)])
        step = await runner.run(jail(files, Limits(memory_mib=128)), timeout_s=20)
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


_WITHIN = "held = bytearray(100 << 20); print(len(held))"
"""A neighbour's program, which takes most of the same limit."""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("groups", ["control groups", "none"])
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


def test_the_page_has_the_table_of_them() -> None:
    assert table() in _PAGE.read_text()
