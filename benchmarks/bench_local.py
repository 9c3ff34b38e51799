"""How many isolated validations a second, beside as many bare processes of the same interpreter?

The bare side is what somebody would write who does not isolate: the same program, the same
interpreter with the same arguments, by `asyncio.create_subprocess_exec`, output read through
pipes, as many at a time. The two sides take turns within each repetition, so that whatever else
the machine does hits both.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from daytona_validate import Snippet, Validator
from daytona_validate._core.languages.record import Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._providers.local.toolchains.node import wheel_folder
from record import Figure, Record, write

PROGRAMS = {
    "python": """
import collections
import json

words = "the more the merrier the better".split()
print(json.dumps(collections.Counter(words)))
""",
    "javascript": """
const counts = {};
for (const word of "the more the merrier the better".split(" ")) {
  counts[word] = (counts[word] ?? 0) + 1;
}
console.log(JSON.stringify(counts));
""",
}
EXPECTED = {
    "python": '{"the": 3, "more": 1, "merrier": 1, "better": 1}\n',
    "javascript": '{"the":3,"more":1,"merrier":1,"better":1}\n',
}
PARALLEL = (1, 2, 4)
COUNT = 40
"""Programs in one measurement."""
NOTES = (
    f"Each measurement runs {COUNT} programs; the ratio is taken within each repetition.",
    "Neither side has packages installed: the bare Python runs from an empty virtual environment.",
    "An isolated validation makes a sandbox, runs, compares the output, removes the sandbox.",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One language at one number of processes at a time."""

    language: Language
    executable: str
    parallel: int


def interpreter(language: str, folder: Path) -> str:
    """Return the interpreter that the local provider makes its toolchain from.

    A jail has no installed packages. The bare Python has none either, by an empty virtual
    environment in `folder`: start-up files of packages (`.pth`) can take longer than Python.
    """
    if language == "python":
        base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        subprocess.run([base, "-m", "venv", "--without-pip", folder / "empty"], check=True)
        return str(folder / "empty" / "bin" / "python3")
    wheel = wheel_folder()
    if wheel is None:
        raise SystemExit("this benchmark needs Node from the wheel: pip install '.[local]'")
    return str(wheel / "bin" / "node")


async def bare_rate(case: Case) -> float:
    """Return bare processes per second."""
    with tempfile.TemporaryDirectory() as folder:
        entry = Path(folder) / case.language.entry_file
        entry.write_text(PROGRAMS[case.language.name])
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", **case.language.environment}
        argv = (case.executable, *case.language.steps[-1].argv[1:])
        left = iter(range(COUNT))

        async def work() -> None:
            for _ in left:
                process = await asyncio.create_subprocess_exec(
                    *argv,
                    cwd=folder,
                    env=environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                )
                stdout, stderr = await process.communicate()
                assert stdout.decode() == EXPECTED[case.language.name], stderr

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(case.parallel):
                group.create_task(work())
        return COUNT / (time.perf_counter() - start)


async def isolated_rate(case: Case, validator: Validator) -> float:
    """Return validations per second; each must pass with the right output."""
    name = case.language.name
    snippet = Snippet(code=PROGRAMS[name], language=name, expected_output=EXPECTED[name])
    start = time.perf_counter()
    results = await validator.validate_many([snippet] * COUNT, concurrency=case.parallel)
    elapsed_s = time.perf_counter() - start
    assert all(each.outcome == "passed" for each in results), results
    return COUNT / elapsed_s


async def measure(
    case: Case, validator: Validator, repetitions: int
) -> tuple[str | int | Figure, ...]:
    """Return one row: rates of both sides, and their ratio."""
    bare, isolated = [], []
    for repetition in range(repetitions + 1):
        rates = await bare_rate(case), await isolated_rate(case, validator)
        if repetition > 0:  # the first warms up
            bare.append(rates[0])
            isolated.append(rates[1])
    ratios = [ours / theirs for ours, theirs in zip(isolated, bare, strict=True)]
    row = (
        case.language.name,
        case.parallel,
        Figure.of(bare),
        Figure.of(isolated),
        Figure.of(ratios),
    )
    print(*row, sep="  ", flush=True)
    return row


async def measure_all(
    executables: dict[str, str], repetitions: int
) -> tuple[list[tuple[str | int | Figure, ...]], dict[str, str]]:
    """Return all rows, and the versions that the sandboxes reported."""
    rows, versions = [], {}
    async with Validator(provider="local", concurrency=max(PARALLEL)) as validator:
        for name, program in PROGRAMS.items():
            first = await validator.validate(program, name)
            assert first.outcome == "passed", first.details
            versions[f"{name} in both"] = str(first.runtime)
            for parallel in PARALLEL:
                case = Case(LANGUAGES[name], executables[name], parallel)
                rows.append(await measure(case, validator, repetitions))
    return rows, versions


def main() -> None:
    """Measure all cases and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        executables = {name: interpreter(name, Path(folder)) for name in PROGRAMS}
        rows, versions = asyncio.run(measure_all(executables, options.repetitions))
    write(
        Record(
            name="local",
            question="How many isolated validations a second?",
            compared_with="bare processes of the same interpreter, started by asyncio",
            inputs=PROGRAMS,
            repetitions=options.repetitions,
            columns=("language", "at a time", "bare per s", "isolated per s", "isolated / bare"),
            rows=tuple(rows),
            load_before=load_before,
            notes=NOTES,
        ),
        versions,
    )


if __name__ == "__main__":
    main()
