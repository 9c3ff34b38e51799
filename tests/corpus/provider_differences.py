"""What two providers say differently of the same snippet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from daytona_validate._models import CodeValidationResult

OWN = frozenset({"execution_time", "timings", "sandbox_id", "provider", "attempts"})
"""Fields in which no two runs need to agree."""
_SECONDS = re.compile(r"\d+\.\d\d seconds$")


def differences(one: CodeValidationResult, other: CodeValidationResult) -> list[str]:
    """Return one line for each field that differs, times and names of sandboxes aside.

    Of the usage, it is compared which figures there are, and whether they are estimates.
    """
    ours, theirs = dict(_comparable(one.to_dict())), dict(_comparable(other.to_dict()))
    return [
        f"{name}: {ours[name]!r} / {theirs[name]!r}" for name in ours if ours[name] != theirs[name]
    ]


def _comparable(result: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in result.items():
        if name == "usage" and isinstance(value, dict):
            estimated = value.pop("is_estimated")
            value.pop("waited_s")  # of the machine, not of the program
            yield name, {each: figure is not None for each, figure in value.items()}
            yield "is_estimated", estimated
        elif name == "details":
            yield name, _SECONDS.sub("… seconds", str(value))
        elif name not in OWN:
            yield name, value
