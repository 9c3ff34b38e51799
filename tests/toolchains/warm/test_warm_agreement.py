"""A warm compiler calls clean only what a new one does, and makes the same of it."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

import pytest

from compile_bombs import BOMBS
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._toolchains.toolchains import Toolchains
from daytona_validate._toolchains.warm.kind import Made
from warm_programs import ALWAYS_COLD, COMPILED_COLD, JAVA, TYPESCRIPT, Files
from warm_tools import ReadyLine, proven, ready_line

pytestmark = [pytest.mark.jail, pytest.mark.slow]

PROGRAMS = {"typescript": TYPESCRIPT, "java": JAVA}
KEPT = Limits(kept_output_bytes=16 * 1024 * 1024)


def content(files: Files) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


async def cold(
    runner: JailRunner, toolchains: Toolchains, language: str, files: Mapping[str, bytes]
) -> dict[str, bytes] | None:
    """Return what a new compiler leaves of a work folder, or None if it does not accept it."""
    about = LANGUAGES[language]
    toolchain = await toolchains.prepare(about.toolchain)
    compile_argv = about.steps[0].argv_within(KEPT)
    jail = Jail(
        argv=("sh", "-c", f'"$@" && tar -cf - -C /tmp .{language}', "sh", *compile_argv),
        limits=KEPT,
        reserved_mib=about.reserved_mib,
        binds=toolchain.binds,
        links=toolchain.links,
        environment={**toolchain.environment, **about.environment},
        files=files,
    )
    step = await runner.run(jail, timeout_s=60, stage=Stage.COMPILE)
    if step.exit_code != 0:
        return None
    with tarfile.open(fileobj=io.BytesIO(step.stdout)) as archive:
        members = [each for each in archive if each.isfile()]
        return {f"/tmp/{each.name}": read(archive, each) for each in members}


def read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


async def one(
    warm: ReadyLine, runner: JailRunner, toolchains: Toolchains, language: str, files: Files
) -> tuple[Made | None, dict[str, bytes] | None]:
    """Return what both make of a program; the warm one may only be the one that does not know."""
    made = await warm.made(content(files))
    left = await cold(runner, toolchains, language, content(files))
    if made is not None:
        assert left is not None, f"a wrong pass: {files}"
        if made.files:
            assert made.files == left
    return made, left


@pytest.mark.thorough
@pytest.mark.parametrize("language", PROGRAMS)
async def test_programs_are_judged_as_a_new_compiler_does(
    jail_runner: JailRunner, toolchains: Toolchains, language: str
) -> None:
    toolchain = await toolchains.prepare(LANGUAGES[language].toolchain)
    async with ready_line(language, toolchain, jail_runner) as warm:
        for name, files in PROGRAMS[language].items():
            made, left = await one(warm, jail_runner, toolchains, language, files)
            is_cold = name in ALWAYS_COLD[language]
            assert (made is not None) == (left is not None and not is_cold), name
            if made is not None:
                assert (not made.files) == (name in COMPILED_COLD), name
        (tool,) = warm.line._tools
        assert tool.is_alive


@pytest.mark.parametrize("language", PROGRAMS)
async def test_the_next_request_knows_nothing_of_the_one_before(
    jail_runner: JailRunner, toolchains: Toolchains, language: str
) -> None:
    toolchain = await toolchains.prepare(LANGUAGES[language].toolchain)
    pairs = {
        "typescript": ("several files", {"index.ts": "import { a } from './lib/a'; a;"}),
        "java": ("a package", PROGRAMS["java"]["a class of another request"]),
    }
    name, after = pairs[language]
    async with ready_line(language, toolchain, jail_runner) as warm:
        for _ in range(2):
            assert await warm.made(content(PROGRAMS[language][name])) is not None
            assert await warm.made(content(after)) is None
        assert warm.line.said == {True: 2, False: 2}


@pytest.mark.thorough
@pytest.mark.timeout(900)  # some take their tool's whole time, and each of those a new one
@pytest.mark.parametrize("language", PROGRAMS)
async def test_a_bomb_takes_no_more_than_its_own_tool_down(
    jail_runner: JailRunner, toolchains: Toolchains, language: str
) -> None:
    """The next right program is judged right, by this tool or another."""
    toolchain = await toolchains.prepare(LANGUAGES[language].toolchain)
    right = content(PROGRAMS[language]["plain"])
    bombs = {name: each for name, each in BOMBS.items() if each.language == language}
    async with ready_line(language, toolchain, jail_runner, answer_s=3.0) as warm:
        for name, bomb in bombs.items():
            files = {LANGUAGES[language].entry_file: bomb.code().encode()}
            if await warm.made(files) is not None:
                left = await cold(jail_runner, toolchains, language, files)
                assert left is not None, f"a wrong pass: {name}"
            await proven(warm.line)
            assert await warm.made(right) is not None, name
