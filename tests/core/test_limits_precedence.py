"""Whose limit counts."""

from __future__ import annotations

import pytest

from daytona_validate._core.limits import effective_limits, limit_text
from daytona_validate._models import Limit, Limits, Snippet, Stage

DEFAULT = Limits(timeout_s=30, memory_mib=512)
OWN = Limits(timeout_s=7, processes=3)


@pytest.mark.parametrize(
    ("own_s", "limits", "language_s", "expected"),
    [
        (None, None, None, DEFAULT),
        (None, None, 9, Limits(timeout_s=9)),
        (5, None, None, Limits(timeout_s=5)),
        (5, None, 9, Limits(timeout_s=5)),
        (None, OWN, 9, OWN),
        (5, OWN, 9, Limits(timeout_s=5, processes=3)),
    ],
)
def test_the_nearest_limit_counts(
    own_s: float | None, limits: Limits | None, language_s: float | None, expected: Limits
) -> None:
    snippet = Snippet(code="x", language="python", timeout_s=own_s, limits=limits)
    found = effective_limits(snippet, default=DEFAULT, language_timeout_s=language_s)
    assert found == expected


@pytest.mark.parametrize("limit", Limit)
def test_every_limit_has_words_with_its_value(limit: Limit) -> None:
    limits = Limits(
        timeout_s=1, memory_mib=1, processes=1, disk_mib=1, max_output_bytes=1024 * 1024
    )
    assert " limit of 1" in limit_text(limit, Stage.RUN, limits)


def test_an_output_limit_below_one_mib_is_told_in_full() -> None:
    limits = Limits(max_output_bytes=512 * 1024)
    assert limit_text(Limit.OUTPUT, Stage.RUN, limits) == "output limit of 0.5 MiB"
