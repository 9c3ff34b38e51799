"""What is said where the cache cannot be filled."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from daytona_validate._jails.cache_folder import why_not_filled

CACHE = Path("/c")


def failed(number: int, *names: str) -> OSError:
    return OSError(number, os.strerror(number), *names)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT], ids=["full", "quota"])
def test_where_there_is_no_room_it_says_what_to_do(number: int) -> None:
    assert why_not_filled(failed(number, "/c/node"), CACHE) == (
        f"/c/node: {os.strerror(number)}; make room, or name another cache folder than /c in "
        "DAYTONA_CACHE_DIR"
    )


def test_what_is_no_want_of_room_is_told_as_the_system_tells_it() -> None:
    assert why_not_filled(failed(errno.EIO), CACHE) == "/c: Input/output error"
    assert why_not_filled(OSError("odd\n" + "x" * 1000), CACHE).startswith("/c: odd")
    assert "\n" not in why_not_filled(OSError("odd\nodder"), CACHE)
