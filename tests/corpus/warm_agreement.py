"""What is said differently of the same snippets where compilers, or a Python, keep running.

All are run twice on both sides. What differs between two cold runs of a snippet, such as a time
that it prints, is its own, and tells nothing of what keeps running.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from provider_differences import differences

from daytona_validate import Validator
from daytona_validate._models import CodeValidationResult, Outcome, Snippet
from daytona_validate._settings import Settings
from daytona_validate._toolchains.warm.tools import KINDS

_MAY_DIFFER = frozenset({"is_estimated", "usage", "index"})
"""What a warm compiler used is not known."""
_LONGEST_SHOWN = 300


def compilers_agree(snippets: Sequence[Snippet], *, concurrency: int | None) -> int:
    """Run those that warm compilers may compile, cold and warm; return the exit code."""
    some = [each for each in snippets if each.language in KINDS]
    cold = asyncio.run(twice(some, concurrency, warm="off"))
    return agreement(cold, asyncio.run(twice(some, concurrency, warm="auto")))


def forks_agree(snippets: Sequence[Snippet], *, concurrency: int | None) -> int:
    """Run those in Python as processes, and as forks of a zygote; return the exit code."""
    some = [each for each in snippets if each.language == "python"]
    cold = asyncio.run(twice(some, concurrency, python_engine="cold"))
    return agreement(cold, asyncio.run(twice(some, concurrency, python_engine="zygote")))


async def twice(
    snippets: Sequence[Snippet], concurrency: int | None, **values: object
) -> list[CodeValidationResult]:
    """Run all, with some settings, and then all again."""
    settings = Settings(**values)
    async with Validator(settings, provider="local", concurrency=concurrency) as validator:
        return await validator.validate_many([*snippets, *snippets])


def agreement(cold: Sequence[CodeValidationResult], warm: Sequence[CodeValidationResult]) -> int:
    """Print what differs, and how many were compiled warm; return the exit code.

    Args:
        cold: Two results of each snippet, in two rounds, without anything that keeps running.
        warm: The same with it.
    """
    count = len(cold) // 2
    changing = [set(_told_apart(*pair)) for pair in zip(cold[:count], cold[count:], strict=True)]
    unlike = 0
    for one, other, own in zip(cold, warm, [*changing, *changing], strict=True):
        apart = _told_apart(one, other)
        lines = [apart[name] for name in apart if name not in own]
        unlike += bool(lines)
        if lines:
            name = one.snippet_id or one.location or one.language
            print("\n  ".join((f"{name}: cold / warm", *lines)))
    _print_counts(warm)
    print(f"{sum(map(bool, changing))} of {count} snippets differ from themselves")
    print(f"{unlike} of {len(warm)} results differ")
    lacking = [each for each in KINDS if _lacks(warm, each)]
    if lacking:
        print(f"less than half of what passed was compiled warm: {', '.join(lacking)}")
    return 1 if unlike or lacking or not warm else 0


def _told_apart(one: CodeValidationResult, other: CodeValidationResult) -> dict[str, str]:
    """Return a line for each field that differs, by its name."""
    named = {each.partition(":")[0]: each[:_LONGEST_SHOWN] for each in differences(one, other)}
    return {name: line for name, line in named.items() if name not in _MAY_DIFFER}


def _print_counts(results: Sequence[CodeValidationResult]) -> None:
    counts = Counter((each.language, str(each.outcome)) for each in results)
    warm = Counter((r.language, str(r.outcome)) for r in results if r.timings.warm)
    for key, count in sorted(counts.items()):
        print(f"{key[0]:12} {key[1]:20} {count:4}, compiled warm: {warm[key]:4}")


def _lacks(results: Sequence[CodeValidationResult], language: str) -> bool:
    """Whether so few were compiled warm that their agreement says little."""
    passed = [r for r in results if r.language == language and r.outcome is Outcome.PASSED]
    return 2 * sum(each.timings.warm for each in passed) < len(passed)
