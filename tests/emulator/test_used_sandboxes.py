"""A sandbox used for several snippets: each language begins as in a fresh one, over real jails."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from daytona_validate import Snippet
from daytona_validate._core.languages.language import Command
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import work_files
from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.users import SNIPPET_ID
from daytona_validate._errors import ToolchainMissing
from daytona_validate._models import Limits, Stage
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import TimedCommand
from daytona_validate._providers.daytona.envelope.reuse import (
    MOST_USES,
    SPENT,
    ReuseRefused,
    RunAnswer,
)
from daytona_validate._providers.daytona.envelope.run_script import run_script
from plants_for_next_use import NOT_EMULATED, PLANTS, Plant

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]

LIMITS = Limits(timeout_s=30, compile_timeout_s=60)
_numbers = itertools.count()


@dataclass
class Used:
    """A machine that is used again and again for programs of one language."""

    machine: EmulatedMachine
    language: str
    uses: int = 0

    async def run(self, code: str) -> RunAnswer:
        """Return what the next use answers."""
        self.uses += 1
        language = LANGUAGES[self.language]
        snippet = Snippet(code=code, language=self.language)
        nonce = secrets.token_hex(16)
        script = run_script(
            [_timed(each) for each in language.commands(snippet, until=Stage.RUN)],
            files=work_files(snippet, language),
            stdin=b"",
            environment=language.environment,
            limits=LIMITS,
            reserved_mib=language.reserved_mib,
            nonce=nonce,
            carries_supervisor=True,
            use=self.uses,
        )
        told = await self.machine.execute(script, timeout_s=120)
        return read_answer(told.output.decode(), nonce=nonce, limits=LIMITS)

    async def output(self, code: str) -> str:
        """Return what a program prints in the next use; it ends well, and costs nothing."""
        answer = await self.run(code)
        *_, last = answer.execution.steps
        assert (last.stage, last.exit_code, answer.why_not) == (Stage.RUN, 0, ""), answer
        return last.stdout.decode()


def _timed(command: Command) -> TimedCommand:
    limit_s = LIMITS.timeout_s if command.stage is Stage.RUN else LIMITS.compile_timeout_s
    return TimedCommand(command.stage, command.argv_within(LIMITS), limit_s)


Make = Callable[[str], Awaitable[Used]]


@pytest.fixture
async def used(jail_machines: EmulatedMachines) -> AsyncIterator[Make]:
    """Make machines for languages."""
    made: list[EmulatedMachine] = []

    async def make(language: str) -> Used:
        if jail_machines.ids is None:
            pytest.skip("this caller has no ids to give to machines")
        name = f"used-{next(_numbers)}"
        try:
            machine = await jail_machines.make(
                name, languages=(language,), memory_mib=1024, disk_mib=512
            )
        except ToolchainMissing as missing:
            pytest.skip(str(missing))
        made.append(machine)
        return Used(machine, language)

    yield make
    for each in made:
        await each.remove()


HERE = {name: plant for name, plant in PLANTS.items() if name not in NOT_EMULATED}
# Each tells what it finds, and changes what it can of what the next one would find.
PROGRAMS = {
    "python": """
import getpass, os, socket, sys, tempfile
import json.decoder
print(getpass.getuser(), os.listdir(), sorted(os.listdir("/tmp")), os.listdir("/dev/shm"))
print(os.path.expanduser("~"), sys.dont_write_bytecode, tempfile.gettempdir())
open("json.py", "w").write("1 / 0"); open("/tmp/left", "w").write("left")
open("/dev/shm/left", "w").write("left"); os.makedirs(".local/lib/python3.11/site-packages")
open("usercustomize.py", "w").write("print('planted')"); os.chmod(".", 0)
""",
    "javascript": """
const fs = require('fs'), os = require('os');
console.log(os.userInfo().username, os.homedir(), fs.readdirSync('.'), fs.readdirSync('/tmp'));
fs.mkdirSync('node_modules/fs-extra', {recursive: true}); fs.writeFileSync('package.json', '{');
fs.writeFileSync('/tmp/package.json', '{');
""",
    "typescript": """
import * as fs from 'fs';
const found: string[] = [...fs.readdirSync('.'), ...fs.readdirSync('/tmp')].sort();
console.log(found);
fs.writeFileSync('tsconfig.json', '{'); fs.mkdirSync('node_modules/@types/node', {recursive: true});
fs.writeFileSync('/tmp/tsconfig.json', '{');
""",
    "java": """
import java.nio.file.*;
class Left {
    public static void main(String[] args) throws Exception {
        System.out.println(System.getProperty("user.name") + System.getProperty("user.home"));
        for (String folder : new String[] {"/work", "/tmp"})
            try (var found = Files.list(Path.of(folder))) {
                found.sorted().forEach(System.out::println);
            }
        Files.writeString(Path.of("Left.java"), "class Left { }");
        Files.createDirectories(Path.of("/tmp/hsperfdata_snippet"));
    }
}
""",
    "go": """
package main
import ("fmt"; "os"; "os/user")
func main() {
    me, err := user.Current()
    fmt.Println(me.Username, me.HomeDir, err)
    for _, folder := range []string{"/work", "/tmp"} {
        found, _ := os.ReadDir(folder)
        for _, each := range found { fmt.Println(each.Name()) }
    }
    os.WriteFile("go.mod", []byte("module ["), 0o644)
    os.MkdirAll("/work/.config/go", 0o755)
    os.WriteFile("/work/.config/go/env", []byte("GOFLAGS=-none"), 0o644)
}
""",
    "sql": """
select count(*) from pg_database;
select count(*) from pg_roles where rolname = 'left_over';
select current_user, current_setting('data_directory'), current_setting('work_mem');
select pg_ls_dir('base') as number order by 1;
create role left_over superuser;
create database left_over;
alter system set work_mem = '1MB';
create table left_over as select 1;
select pg_ls_dir('/tmp') order by 1;
""",
}


ALWAYS = {"python", "java"}
"""Languages of the quick tests: one whose programs are read, one whose are compiled."""
LANGUAGES_USED = [
    pytest.param(name, marks=[] if name in ALWAYS else [pytest.mark.thorough]) for name in PROGRAMS
]


@pytest.mark.parametrize("language", LANGUAGES_USED)
async def test_each_use_finds_what_a_fresh_sandbox_has(used: Make, language: str) -> None:
    again = await used(language)
    first, *others = [await again.output(PROGRAMS[language]) for _ in range(3)]
    assert first
    assert others == [first, first]
    fresh = await used(language)
    assert await fresh.output(PROGRAMS[language]) == first


@pytest.mark.parametrize("plant", HERE.values(), ids=HERE)
async def test_what_was_planted_is_not_there_in_the_next_use(used: Make, plant: Plant) -> None:
    machine = await used("python")
    for program in (plant.looking, plant.planting, plant.looking, plant.planting, plant.looking):
        assert (await machine.output(program)).strip() == ""


async def test_where_the_host_lends_too_few_ids_a_sandbox_is_used_once(
    used: Make, jail_machines: EmulatedMachines
) -> None:
    whole = jail_machines.ids
    if whole is not None:
        jail_machines.ids = replace(whole, count=SNIPPET_ID + MOST_USES - 2)
    try:
        machine = await used("python")
        answer = await machine.run("print(1)")
        assert (answer.execution.steps[0].exit_code, answer.why_not) == (0, SPENT["ids"])
        with pytest.raises(ReuseRefused, match="no ids"):
            await machine.run("print(2)")
    finally:
        jail_machines.ids = whole


async def test_where_there_is_one_user_a_sandbox_is_used_once(
    jail_machines: EmulatedMachines,
) -> None:
    ids, jail_machines.ids = jail_machines.ids, None
    try:
        machine = await jail_machines.make(
            "used-by-one", languages=("python",), memory_mib=512, disk_mib=64
        )
        try:
            answer = await Used(machine, "python").run("print(1)")
        finally:
            await machine.remove()
    finally:
        jail_machines.ids = ids
    assert answer.why_not == SPENT["unprivileged"]


async def test_what_is_wrong_is_wrong_in_each_use(used: Make) -> None:
    machine = await used("python")
    for _ in range(2):
        answer = await machine.run("import sys; print('so far'); sys.exit(3)")
        (step,) = answer.execution.steps
        assert (step.exit_code, step.stdout) == (3, b"so far\n")
        assert answer.may_be_used_again
