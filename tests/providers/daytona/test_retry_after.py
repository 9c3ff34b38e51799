from __future__ import annotations

import pytest

from daytona_validate._providers.daytona.wire.retry_after import (
    LONGEST_S,
    CreationsLeft,
    creations_left,
    seconds,
)
from for_each import for_each

NOW_S = 1_800_000_000.0
IN_A_MINUTE = "Fri, 15 Jan 2027 08:01:00 GMT"
A_MINUTE_AGO = "Fri, 15 Jan 2027 07:59:00 GMT"

CASES: dict[str, tuple[dict[str, str], float | None]] = {
    "nothing said": ({}, None),
    "plain": ({"retry-after": "7"}, 7),
    "of a throttler": ({"retry-after-sandbox-create": "42"}, 42),
    "both: the longer one": ({"retry-after": "7", "retry-after-sandbox-create": "42"}, 42),
    "fraction": ({"retry-after": " 0.5 "}, 0.5),
    "negative": ({"retry-after": "-3"}, 0),
    "far too long": ({"retry-after": "1e9"}, LONGEST_S),
    "infinite": ({"retry-after": "inf"}, None),
    "no number": ({"retry-after": "nan"}, None),
    "nonsense": ({"retry-after": "soon"}, None),
    "empty": ({"retry-after": ""}, None),
    "date": ({"retry-after": IN_A_MINUTE}, 60),
    "date without a zone": ({"retry-after": "Fri, 15 Jan 2027 08:01:00 -0000"}, 60),
    "date in the past": ({"retry-after": A_MINUTE_AGO}, 0),
    "impossible date": ({"retry-after": "Fri, 99 Jan 2027 08:01:00 GMT"}, None),
    "huge date": ({"retry-after": "Fri, 15 Jan 99999999999 08:01:00 GMT"}, None),
    "reset": ({"x-ratelimit-reset-sandbox-create": "13"}, 13),
    "reset of the counter that is used up": (
        {
            "x-ratelimit-reset-authenticated": "55",
            "x-ratelimit-remaining-authenticated": "9000",
            "x-ratelimit-reset-sandbox-create": "13",
            "x-ratelimit-remaining-sandbox-create": "0",
        },
        13,
    ),
    "asked for, whatever the resets": (
        {"retry-after": "7", "x-ratelimit-reset-sandbox-create": "13"},
        7,
    ),
    "nonsense, so the reset": (
        {"retry-after": "soon", "x-ratelimit-reset-sandbox-create": "13"},
        13,
    ),
    "reset without a name": ({"x-ratelimit-reset": "13"}, 13),
    "another header": ({"retry-afterwards": "7", "x-ratelimit-limit": "300"}, None),
}


@for_each(("headers", "expected"), CASES.values(), ids=CASES)
def test_seconds_of_all_forms(headers: dict[str, str], expected: float | None) -> None:
    found = seconds(headers, is_throttled=True, now_s=NOW_S)
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("left", "reset", "expected"),
    [
        ("12", "7", CreationsLeft(12, 7.0)),
        ("0", "59.5", CreationsLeft(0, 59.5)),
        ("-1", "1e9", CreationsLeft(0, 3600.0)),
        ("many", "7", None),
        ("12", "soon", None),
        ("12", None, None),
        (None, "7", None),
    ],
)
def test_how_many_creations_are_left(
    left: str | None, reset: str | None, expected: CreationsLeft | None
) -> None:
    said = {
        "x-ratelimit-remaining-sandbox-create": left,
        "x-ratelimit-reset-sandbox-create": reset,
    }
    assert creations_left({name: value for name, value in said.items() if value}) == expected


def test_a_counter_that_is_not_used_up_makes_nobody_wait() -> None:
    assert seconds({"x-ratelimit-reset-authenticated": "55"}, is_throttled=False, now_s=0) is None
    assert seconds({"retry-after": "7"}, is_throttled=False, now_s=0) == 7
