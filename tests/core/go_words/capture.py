"""Write down the last words of a Go: `python capture.py FOLDER`, FOLDER being its GOROOT.

Each program is compiled and run in a jail, as a snippet is. Run it by hand for a new version, and
review what the tests make of the new file.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from daytona_validate._jails.jail import Jail, SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._toolchains import go as go_toolchain
from daytona_validate._toolchains.record import FoundToolchain, Host, Toolchain
from daytona_validate._toolchains.toolchains import RECORDS, Toolchains

HERE = Path(__file__).parent
COMPILE = ("sh", f"{go_toolchain.SCRIPTS}/compile", "main.go")
RUN = ("/tmp/go-build/exe/main",)


def programs(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for program in text.split("\n=== ")[1:]:
        name, _, code = program.partition("\n")
        main, *others = code.split("--- ")
        files = (each.partition("\n") for each in others)
        yield name, {"main.go": main, **{path: content for path, _, content in files}}


async def captured(runner: JailRunner, go: Toolchain, files: dict[str, str]) -> dict[str, object]:
    jail = Jail(
        argv=RUN,
        before=(SetupCommand(Stage.COMPILE, COMPILE, 60.0),),
        limits=Limits(),
        binds=go.binds,
        links=go.links,
        environment=go.environment,
        files={path: content.encode() for path, content in files.items()},
    )
    step = (await runner.run_all(jail, timeout_s=5.0))[-1]
    return {
        "files": files,
        "stage": step.stage,
        "exit_code": step.exit_code,
        "signal": step.signal,
        "limit": step.limit,
        "stdout": step.stdout.decode(),
        "stderr": _shortened(step.stderr.decode()),
    }


def _shortened(text: str) -> str:
    return text if len(text) < 6000 else f"{text[:3000]}\n[…]\n{text[-3000:]}"


async def main(folder: str) -> None:
    async def find(_: Host) -> FoundToolchain:
        return go_toolchain.found_in(folder)

    RECORDS["go"] = replace(go_toolchain.GO, find=find)
    runner = await JailRunner.start()
    go = await Toolchains(runner.cache, runner, print).prepare("go")
    cases = {
        name: await captured(runner, go, files)
        for name, files in programs((HERE / "programs.txt").read_text())
    }
    text = json.dumps({"version": go.version, "cases": cases}, indent=1, ensure_ascii=False)
    (HERE / f"go-{go.version}.json").write_text(text + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
