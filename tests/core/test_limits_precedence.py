"""Whose limit counts."""

from __future__ import annotations

import pytest

from daytona_validate._core.limits import effective_limits, limit_text
from daytona_validate._models import Limit, Limits, Snippet, Stage

DEFAULT = Limits(timeout_s=30, memory_mib=512)
OWN = Limits(timeout_s=7, processes=3)


@pytest.mark.parametrize(
    ("language", "own_s", "limits", "timeouts_s", "expected"),
    [
        ("python", None, None, {}, DEFAULT),
        ("python", None, None, {"javascript": 9}, DEFAULT),
        ("python", None, None, {"python": 9}, Limits(timeout_s=9)),
        ("py", None, None, {"python": 9}, Limits(timeout_s=9)),
        ("JS", None, None, {"node": 9}, Limits(timeout_s=9)),
        ("python", None, None, {"PY": 8, "python": 9}, Limits(timeout_s=9)),
        ("nothing", None, None, {"python": 9}, DEFAULT),
        ("python", 5, None, {"python": 9}, Limits(timeout_s=5)),
        ("python", None, OWN, {"python": 9}, OWN),
        ("python", 5, OWN, {"python": 9}, Limits(timeout_s=5, processes=3)),
    ],
)
def test_the_nearest_limit_counts(
    language: str,
    own_s: float | None,
    limits: Limits | None,
    timeouts_s: dict[str, float],
    expected: Limits,
) -> None:
    snippet = Snippet(code="x", language=language, timeout_s=own_s, limits=limits)
    assert effective_limits(snippet, default=DEFAULT, timeouts_s=timeouts_s) == expected


@pytest.mark.parametrize("limit", Limit)
def test_every_limit_has_words_with_its_value(limit: Limit) -> None:
    limits = Limits(
        timeout_s=1, memory_mib=1, processes=1, disk_mib=1, max_output_bytes=1024 * 1024
    )
    assert " limit of 1" in limit_text(limit, Stage.RUN, limits)


def test_an_output_limit_below_one_mib_is_told_in_full() -> None:
    limits = Limits(max_output_bytes=512 * 1024)
    assert limit_text(Limit.OUTPUT, Stage.RUN, limits) == "output limit of 0.5 MiB"
