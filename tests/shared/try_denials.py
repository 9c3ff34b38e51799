"""Try the programs of `tests/denials` on this machine, as its user would run them.

`python tests/shared/try_denials.py "root, control groups of version 2" > c.txt` writes the record
of a kind of machine, for `tests/denials/machines`. Languages that are not there are left out.
With `--tables` it prints the tables of docs/security.md, and runs nothing.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from daytona_validate import CodeValidationResult, Limits, Outcome, Snippet, Validator
from daytona_validate._settings import Settings
from denial_programs import Denial, denials, table, table_of_tests

CANARY = "DENIAL_CANARY"
"""A variable of whoever validates, which no program may see."""
LIMITS = {"python": Limits(timeout_s=120.0, memory_mib=128)}
OTHER_LIMITS = Limits(timeout_s=120.0, memory_mib=256)
"""Of languages that have more of their own."""


def is_refused(denial: Denial, result: CodeValidationResult) -> bool:
    """Whether what happened is what the program says that happens."""
    if denial.ends:
        return result.outcome in denial.ends
    return result.outcome is Outcome.PASSED and result.output.strip() == denial.answer


async def tried(
    wanted: Sequence[Denial], settings: Settings | None = None
) -> list[CodeValidationResult]:
    """Return what became of each program, one after the other: some take all they can get."""
    os.environ[CANARY] = "seen"
    snippets = [
        Snippet(
            code=each.code.decode(),
            language=each.language,
            limits=LIMITS.get(each.language, OTHER_LIMITS),
        )
        for each in wanted
    ]
    try:
        async with Validator(settings, provider="local", concurrency=1) as validator:
            return await validator.validate_many(snippets)
    finally:
        del os.environ[CANARY]


def main() -> None:
    """Print the record; on stderr, what was not refused."""
    if sys.argv[1] == "--tables":
        sys.stdout.write(f"{table()}\n\n{table_of_tests()}\n")
        return
    wanted = denials(None)
    sys.stdout.write(f"{sys.argv[1]}\n")
    for denial, result in zip(wanted, asyncio.run(tried(wanted)), strict=True):
        if is_refused(denial, result):
            sys.stdout.write(f"{denial.version}\n")
        else:
            said = f"{result.outcome}: {result.details}\n{result.output}\n{result.error}"
            sys.stderr.write(f"{denial.file.name}: {said}\n")


if __name__ == "__main__":
    main()
