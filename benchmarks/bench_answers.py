"""How long do 5,000 answers of a model take in local sandboxes, and how much memory do we need?

Each is a short Python function with its test, in the shape of HumanEval; of five, one is wrong and
one exits before its test. `check` reads them from a file and writes a report, as it does for
everybody; what it takes is what the kernel counted of it and of all that it started.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from daytona_validate._bench.figures import Cell
from daytona_validate._bench.record import Record
from record import write

PROMPT = 'def scaled(numbers):\n    """Return the numbers, each times {}."""\n'
BODIES = (
    "    return [number * {} for number in numbers]\n",
    "    return list(map(({}).__mul__, numbers))\n",
    "    all = []\n    for number in numbers:\n        all.append({} * number)\n    return all\n",
    "    return [number + {} for number in numbers]\n",
    "    raise SystemExit\n",
)
TEST = """def check(candidate):
    assert candidate([]) == []
    assert candidate([1, 2]) == [{0}, 2 * {0}]
"""
TEMPLATE = "{prompt}{completion}\\n{test}\\ncheck({entry_point})"
COLUMNS = (
    *("answers", "must reach their end", "passed", "lost", "wrong", "seconds", "answers a second"),
    *("CPU ms an answer", "of it its program's", "peak RSS MiB"),
)
NOTES = (
    "Wrong are verdicts other than meant: 3 of 5 pass, or 4 where an early exit does.",
    (
        "CPU time is that of our process and of all sandboxes: on a quiet machine, N cores do N "
        "seconds of it in a second. A program's is what its result says, Python's start included."
    ),
    "The peak is that of our process, or of the largest that it started.",
)


@dataclass(frozen=True, slots=True)
class Came:
    """What a run of `check` came to."""

    passed: int
    lost: int
    seconds: float
    cpu_s: float
    programs_cpu_s: float
    peak_mib: float


def write_answers(path: Path, count: int) -> None:
    """Write so many answers to as many tasks."""
    with path.open("w") as lines:
        for number in range(count):
            answer = {
                "task_id": f"own/{number}",
                "prompt": PROMPT.format(number + 3),
                "completion": BODIES[number % len(BODIES)].format(number + 3),
                "test": TEST.format(number + 3),
                "entry_point": "scaled",
            }
            lines.write(json.dumps(answer) + "\n")


def checked(folder: Path, count: int, *, to_end: bool) -> Came:
    """Run `check` over so many answers, as a process of its own."""
    answers, report = folder / "answers.jsonl", folder / "results.jsonl"
    write_answers(answers, count)
    command = [sys.executable, "-m", "daytona_validate", "check", str(answers), "--quiet"]
    command += ["--provider", "local", "--default-language", "python", "--template", TEMPLATE]
    command += ["--id-field", "task_id", "--report", f"jsonl={report}"]
    command += ["--must-reach-end"] if to_end else []
    began_s = perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    *results, summary = map(json.loads, report.read_text().splitlines())
    programs_cpu_s = sum(each["usage"]["cpu_s"] for each in results)
    return Came(
        passed=summary["passed"],
        lost=summary["lost"],
        seconds=perf_counter() - began_s,
        # The kernel does not count to us what ran under a jail's own first process.
        cpu_s=usage.ru_utime + usage.ru_stime + programs_cpu_s,
        programs_cpu_s=programs_cpu_s,
        peak_mib=usage.ru_maxrss / 1024,
    )


def row(count: int, came: Came, *, to_end: bool) -> tuple[Cell, ...]:
    """Return the row of one run."""
    meant = count // len(BODIES) * (3 if to_end else 4)
    return (
        *(count, "yes" if to_end else "no", came.passed, came.lost, abs(meant - came.passed)),
        *(round(came.seconds), round(count / came.seconds), round(1000 * came.cpu_s / count)),
        *(round(1000 * came.programs_cpu_s / count), round(came.peak_mib)),
    )


def main() -> int:
    """Run it and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    given = parser.parse_args()
    load_before, rows = os.getloadavg()[0], []
    sizes = (given.count // 10, given.count // 10, given.count)
    with tempfile.TemporaryDirectory() as folder:
        checked(Path(folder), len(BODIES), to_end=True)  # prepares what is not there yet
        for count, to_end in zip(sizes, (False, True, True), strict=True):
            rows.append(row(count, checked(Path(folder), count, to_end=to_end), to_end=to_end))
            print(*rows[-1])
    write(
        Record(
            name="answers",
            question=f"How long do {given.count} answers of a model take, and how much memory?",
            compared_with="the same answers with an exit before the test for a pass",
            inputs={"python": "\n".join(body.format(3) for body in BODIES)},
            repetitions=1,
            columns=COLUMNS,
            rows=tuple(rows),
            load_before=load_before,
            notes=NOTES,
        )
    )
    return 1 if any(each[4] for each in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
