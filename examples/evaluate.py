"""Measure a model: run its answers with their tests, and print pass@k with its uncertainty.

    python examples/evaluate.py answers.jsonl --fenced last --k 1 --k 5

Records have the shape of HumanEval (prompt, completion, test, entry_point) or, with `--shape mbpp`,
of MBPP (code, test_setup_code, test_list). Several answers to one task have one `task_id`. Results
are kept in a file: what it has is not run again, and what was lost is, so call it again to go on.
It ends with 0, or with 3 if answers were lost in the end: those are in no share.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import NormalDist, mean
from typing import Any

SHAPES = {
    "humaneval": ("completion", "{prompt}{completion}\\n{test}\\ncheck({entry_point})"),
    "mbpp": ("code", "{test_setup_code}\\n{code}\\n{test_list}"),
}
"""The field with the answer, and how code is joined from the fields of a record."""
LOST = ("unavailable", "missing_dependency")
"""Outcomes that say nothing of an answer."""
LEVEL = 0.95
RESAMPLES = 2000


def pass_at_k(count: int, right: int, k: int) -> float:
    """Return the chance that one of k answers is right, drawn from so many without repetition."""
    return 1 - math.comb(count - right, k) / math.comb(count, k)


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the interval of a share of independent answers, one for each task."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    middle = right + z * z / 2
    half = z * math.sqrt(right * (count - right) / count + z * z / 4)
    return (middle - half) / (count + z * z), (middle + half) / (count + z * z)


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """Return the interval of a mean over tasks, by drawing tasks anew."""
    draw = random.Random(0)
    means = sorted(mean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = round(RESAMPLES * (1 - LEVEL) / 2)
    return means[cut], means[-cut - 1]


def share(tasks: Mapping[str, Sequence[bool]], k: int) -> str:
    """Return pass@k over all tasks that have enough answers, as a line."""
    enough = [each for each in tasks.values() if len(each) >= k]
    if not enough:
        return f"pass@{k}: no task has {k} answers that were judged"
    values = [pass_at_k(len(each), sum(each), k) for each in enough]
    is_one_each = all(len(each) == 1 for each in enough)
    low, high = wilson(round(sum(values)), len(values)) if is_one_each else bootstrap(values)
    few = len(tasks) - len(enough)
    beside = f"; {few} more have fewer than {k} answers" if few else ""
    return f"pass@{k} {mean(values):.3f} ({low:.3f} to {high:.3f}) over {len(values)} tasks{beside}"


def run(given: argparse.Namespace) -> None:
    """Run all answers that the results do not have a verdict of yet."""
    field, template = SHAPES[given.shape]
    command = [sys.executable, "-m", "daytona_validate", "check", str(given.answers), "--quiet"]
    command += ["--must-reach-end", "--default-language", "python", "--id-field", "task_id"]
    command += ["--code-field", field, "--template", template, "--provider", given.provider]
    command += ["--fenced", given.fenced] if given.fenced else []
    command += ["-j", str(given.concurrency)] if given.concurrency else []
    former = next((path for path in (killed(given.results), given.results) if path.exists()), None)
    command += ["--resume", str(former)] if former else []
    command += ["--report", f"jsonl={given.results}"]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1, 3):
        sys.exit(done.returncode)


def killed(results: Path) -> Path:
    """Return where the results of a run stand that was killed."""
    return results.with_name(f"{results.name}.part")


def read(results: Path) -> Iterator[dict[str, Any]]:
    """Yield the results in a file; its last line is a summary."""
    with results.open() as lines:
        yield from (each for each in map(json.loads, lines) if each["type"] == "result")


def counted(results: Iterable[Mapping[str, Any]]) -> tuple[dict[str, list[bool]], Counter[str]]:
    """Return for each task whether its answers are right, but for lost ones; and all outcomes."""
    tasks, outcomes = defaultdict[str, list[bool]](list), Counter[str]()
    for result in results:
        outcomes[result["outcome"]] += 1
        if result["is_verdict"]:
            tasks[result["snippet_id"]].append(result["outcome"] == "passed")
    return tasks, outcomes


def main() -> int:
    """Run the answers, the lost ones again, and print what came of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("answers", type=Path, help="JSONL, JSON or CSV")
    parser.add_argument("--shape", choices=SHAPES, default="humaneval")
    parser.add_argument("--fenced", choices=["last", "first", "all"], help="take code from fences")
    parser.add_argument("--k", type=int, action="append", help="several times; default: 1")
    parser.add_argument("--results", type=Path, default=Path("results.jsonl"))
    parser.add_argument("--again", type=int, default=2, help="times that lost answers run again")
    parser.add_argument("--provider", choices=["auto", "local", "daytona"], default="auto")
    parser.add_argument("-j", "--concurrency", type=int, help="answers at one time")
    given = parser.parse_args()
    run(given)
    tasks, outcomes = counted(read(given.results))
    for _ in range(given.again):
        if any(outcomes[each] for each in LOST):
            run(given)
            tasks, outcomes = counted(read(given.results))
    lost = outcomes.total() - sum(map(len, tasks.values()))
    counts = (f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    print(f"{outcomes.total()} answers: {', '.join(counts)}")
    print(f"{lost} lost: in no share below" if lost else "none lost")
    for k in given.k or [1]:
        print(share(tasks, k))
    return 3 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
