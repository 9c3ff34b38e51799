"""Shows that real snippets get the verdict that was observed for them.

    PYTHONPATH=tests/shared python tests/corpus/snippets_corpus.py [--daytona|--warm] PATH

PATH holds `snippets.jsonl`, whose records say what each must do. Those in languages that the
package knows are run, many at once, in local sandboxes. A `fail` is met by any outcome that
blames the snippet, by a missing package and by a fragment; never by a verdict that could not be
had. No snippet that must fail may pass, and at most one other may miss.

With `--daytona` they are run by the Daytona provider too, over the emulator on loopback, and every
field in which the two results of a snippet differ is shown. No two verdicts may differ.

With `--warm` those in languages whose compilers can keep running are run with them and without,
twice each, and every field but the usage that differs is shown. None may differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emulated_daytona import emulated_daytona
from provider_differences import differences
from warm_agreement import agreement

from collected import snippets_of
from daytona_validate import SandboxProvider, Validator
from daytona_validate._core.languages.table import find_language
from daytona_validate._core.outcomes import OUTCOME_TABLE
from daytona_validate._courses.collect import collect
from daytona_validate._models import CodeValidationResult, Fault, Outcome, Snippet
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._settings import Settings
from daytona_validate._toolchains.warm.tools import KINDS

MET_FAILURES = {row.outcome for row in OUTCOME_TABLE if row.fault is Fault.SNIPPET} | {
    Outcome.MISSING_DEPENDENCY,
    Outcome.NOT_RUNNABLE,
}
ENDLESS_TIMEOUT_S = 3.0
"""Long enough for any start of a runtime; what never ends need not be waited for any longer."""
ALLOWED_MISSES = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A snippet, and what must become of it."""

    snippet: Snippet
    must_pass: bool
    expected_stdout: str | None
    """Exact; None: anything will do."""


def cases(path: Path) -> Iterator[Case]:
    """Yield the snippets in known languages, read the way `check` reads them."""
    records: dict[str, dict[str, Any]] = {}
    for line in path.read_text().splitlines():
        record = json.loads(line)
        records[record["id"]] = record
    for snippet in snippets_of(collect([str(path)])):
        record = records[snippet.snippet_id or ""]
        if find_language(snippet.language) is None:
            continue
        if "endless-loop" in record["tags"]:
            limited = replace(snippet, timeout_s=ENDLESS_TIMEOUT_S)
            yield Case(limited, must_pass=False, expected_stdout=None)
        else:
            yield Case(snippet, record["expect"] == "pass", record["expected_stdout"])


def miss(case: Case, result: CodeValidationResult) -> str | None:
    """Return what is wrong with a result, or None."""
    if not case.must_pass:
        return None if result.outcome in MET_FAILURES else "must fail"
    if result.outcome is not Outcome.PASSED:
        return "must pass"
    if case.expected_stdout is not None and result.output != case.expected_stdout:
        return "must pass with another output"
    return None


def report(
    all_cases: Sequence[Case], results: Sequence[CodeValidationResult], elapsed_s: float
) -> int:
    """Print counts and misses, and return the exit code."""
    counts = Counter((each.language, str(each.outcome)) for each in results)
    for (language, outcome), count in sorted(counts.items()):
        print(f"{language:12} {outcome:20} {count:4}")
    misses = [
        (problem, result)
        for case, result in zip(all_cases, results, strict=True)
        if (problem := miss(case, result))
    ]
    for problem, result in misses:
        print(f"{result.snippet_id}: {problem}: {result.outcome}: {result.details}")
    wrong = sum(problem == "must fail" and r.outcome is Outcome.PASSED for problem, r in misses)
    print(
        f"{len(results)} snippets in {elapsed_s:.1f} s: {wrong} wrong passes, "
        f"{len(misses) - wrong} other misses"
    )
    return 1 if wrong or len(misses) > ALLOWED_MISSES or not results else 0


async def judged(
    all_cases: Sequence[Case],
    provider: str | SandboxProvider,
    concurrency: int | None,
    **values: object,
) -> tuple[list[CodeValidationResult], int]:
    """Run all, with some settings, report on them, and return the results and an exit code."""
    started = time.monotonic()
    settings = Settings(**values)
    async with Validator(settings, provider=provider, concurrency=concurrency) as validator:
        results = await validator.validate_many([case.snippet for case in all_cases])
    return results, report(all_cases, results, time.monotonic() - started)


def compare(local: Sequence[CodeValidationResult], daytona: Sequence[CodeValidationResult]) -> int:
    """Print where two providers differ, and return the exit code."""
    unlike = {
        one.snippet_id: lines
        for one, other in zip(local, daytona, strict=True)
        if (lines := differences(one, other))
    }
    for snippet_id, lines in unlike.items():
        print("\n  ".join((f"{snippet_id}: local / daytona", *lines)))
    verdicts = sum(
        one.outcome is not other.outcome for one, other in zip(local, daytona, strict=True)
    )
    print(f"\n{len(unlike)} snippets with a difference, {verdicts} with another outcome")
    return 1 if verdicts else 0


def compare_warm(all_cases: Sequence[Case], *, concurrency: int | None) -> int:
    """Run what compilers that keep running may compile, with and without; return the exit code."""
    some = [case for case in all_cases if case.snippet.language in KINDS]
    cold, code = asyncio.run(judged([*some, *some], "local", concurrency, warm="off"))
    warm, later = asyncio.run(judged([*some, *some], "local", concurrency, warm="auto"))
    return max(code, later, agreement(cold, warm))


def main(root: Path, *, concurrency: int | None, has_daytona: bool) -> int:
    """Run the snippets below `root` and return the exit code."""
    all_cases = list(cases(root / "snippets.jsonl"))
    local, code = asyncio.run(judged(all_cases, "local", concurrency))
    if not has_daytona:
        return code
    with emulated_daytona() as config:
        daytona, later = asyncio.run(judged(all_cases, DaytonaProvider(config), concurrency))
    return max(code, later, compare(local, daytona))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--daytona", action="store_true")
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--concurrency", type=int)
    given = parser.parse_args()
    if given.warm:
        found = list(cases(given.path / "snippets.jsonl"))
        sys.exit(compare_warm(found, concurrency=given.concurrency))
    sys.exit(main(given.path, concurrency=given.concurrency, has_daytona=given.daytona))
