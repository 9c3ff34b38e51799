"""Write down what psql says last: `python capture.py FOLDER`, where FOLDER has the programs.

Each program runs in a jail, with the toolchain that would be made of that installation. Run it
by hand for a new version, and review what the tests make of the new file.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sql_programs import PROGRAMS  # type: ignore[import-not-found]  # beside this script

from daytona_validate._core.languages.sql import SQL
from daytona_validate._jails.jail import Jail, SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._toolchains import postgres as postgres_toolchain
from daytona_validate._toolchains import toolchains
from daytona_validate._toolchains.record import FoundToolchain, Host, Toolchain

LONGEST_CODE = 4000


async def prepared(folder: Path, cache: Path) -> tuple[JailRunner, Toolchain]:
    async def find(_: Host) -> FoundToolchain:
        (found,) = postgres_toolchain._installation(folder)
        return postgres_toolchain._found(found)

    records = {"postgres": replace(postgres_toolchain.POSTGRES, find=find)}
    runner = await JailRunner.start(cache)
    made = toolchains.Toolchains(cache, runner, print, records=records)
    return runner, await made.prepare("postgres")


async def last_step(runner: JailRunner, toolchain: Toolchain, code: str) -> Step:
    start, run = SQL.steps
    jail = Jail(
        argv=run.argv,
        before=(SetupCommand(Stage.SETUP, start.argv, 30.0),),
        limits=Limits(),
        binds=toolchain.binds,
        overlays=toolchain.overlays,
        links=toolchain.links,
        environment={**toolchain.environment, **SQL.environment},
        files={SQL.entry_file: code.encode()},
    )
    return (await runner.run_all(jail, timeout_s=30.0))[-1]


def case(code: str, step: Step) -> dict[str, object]:
    assert step.stage is Stage.RUN, step
    return {
        "code": code if len(code) <= LONGEST_CODE else "",
        "exit_code": step.exit_code,
        "signal": step.signal,
        "limit": step.limit,
        "stdout": step.stdout.decode(),
        "stderr": step.stderr.decode(),
    }


async def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as cache:
        Path(cache).chmod(0o755)
        runner, toolchain = await prepared(folder, Path(cache))
        cases = {
            name: case(code, await last_step(runner, toolchain, code))
            for name, code in PROGRAMS.items()
        }
    captured = {
        "language": "sql",
        "version": toolchain.version,
        "captured": datetime.now(UTC).date().isoformat(),
        "cases": cases,
    }
    text = json.dumps(captured, indent=1, ensure_ascii=False)
    (Path.cwd() / f"sql-{toolchain.version}.json").write_text(text + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
