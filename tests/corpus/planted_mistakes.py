"""Shows that a mistake planted into a block of a real page is still found.

    PYTHONPATH=tests/shared python tests/corpus/planted_mistakes.py [--count N] [--seed N] PATH

Pages below PATH are checked as `check` does it. Into blocks that pass, chosen by the seed, one
mistake each is planted, in a copy of the page, and the block is run again as
`daytona-validate run PAGE:LINE`. Of all, at least 95 % must fail, and at most 2 % may be taken for
no program.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from mistakes import Planted, mistakes

COMMAND = (sys.executable, "-m", "daytona_validate")
AT_LEAST_FOUND = 0.95
AT_MOST_EXCUSED = 0.02


@dataclass(frozen=True, slots=True)
class Case:
    """A page with one mistake."""

    page: Path
    line: int
    language: str
    planted: Planted
    text: str


def passing_blocks(page: Path) -> Iterator[tuple[int, str]]:
    """Yield line and language of each block of a page that passes."""
    how = ("check", str(page), "--provider", "local", "--output-format", "jsonl", "--no-progress")
    ran = subprocess.run([*COMMAND, *how], capture_output=True, text=True, check=False)
    for line in ran.stdout.splitlines():
        record: dict[str, Any] = json.loads(line)
        if record.get("outcome") == "passed" and record["location"]["included"] is None:
            yield record["location"]["line"], record["language"]


def cases_of(page: Path, random: Random) -> Iterator[Case]:
    """Yield the page with each mistake that it can have, one at a time."""
    lines = page.read_text().split("\n")
    for line, language in passing_blocks(page):
        fence = lines[line - 1].lstrip(" >")[:3]
        indent = len(lines[line - 1]) - len(lines[line - 1].lstrip(" >"))
        ends = (n for n in range(line, len(lines)) if lines[n][indent:].startswith(fence))
        end = next(ends, len(lines))
        block = lines[line:end]
        code = "\n".join(each[indent:] for each in block)
        for planted in mistakes(code, language, random):
            if ">>>" in code and not _is_typed(code, planted.code):
                continue  # it stands in what the page shows
            changed = zip(block, planted.code.split("\n"), strict=True)
            body = [before[:indent] + after for before, after in changed]
            text = "\n".join([*lines[:line], *body, *lines[end:]])
            yield Case(page, line, language, planted, text)


def _is_typed(code: str, changed: str) -> bool:
    """Whether the line of a session that was changed is one that is typed."""
    pairs = zip(code.split("\n"), changed.split("\n"), strict=True)
    return all(a == b or a.lstrip().startswith((">>> ", "... ")) for a, b in pairs)


def outcome_of(case: Case) -> str:
    """Return what becomes of the block with its mistake."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / case.page.name
        copy.write_text(case.text)
        how = ("run", f"{copy}:{case.line}", "--provider", "local", "--output-format", "json")
        ran = subprocess.run([*COMMAND, *how], capture_output=True, text=True, check=False)
    return str(json.loads(ran.stdout)["outcome"]) if ran.stdout else ran.stderr.strip()


def main(arguments: Sequence[str]) -> int:
    """Plant mistakes, print what became of them, and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("path", type=Path)
    options = parser.parse_args(arguments)
    random = Random(options.seed)
    pages = sorted(each for each in options.path.rglob("*.md") if each.name != "README.md")
    found = [case for page in pages for case in cases_of(page, random)]
    random.shuffle(found)
    chosen = list(islice(found, options.count))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome_of, chosen))
    for case, outcome in zip(chosen, outcomes, strict=True):
        if outcome in ("passed", "not_runnable"):
            place = f"{case.page.name}:{case.line}"
            print(f"{place}: {outcome} with a mistake: {case.planted.kind} ({case.language})")
    return _report(outcomes, len(found))


def _report(outcomes: Sequence[str], possible: int) -> int:
    counts = Counter(outcomes)
    failed = len(outcomes) - counts["passed"] - counts["not_runnable"] - counts["skipped"]
    total = max(len(outcomes), 1)
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))
    print(f"{failed} of {len(outcomes)} fail ({failed / total:.1%}), of {possible} possible ones")
    is_right = failed >= AT_LEAST_FOUND * total
    return 0 if is_right and counts["not_runnable"] <= AT_MOST_EXCUSED * total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
