"""What is waited for, told to those who show it."""

from __future__ import annotations

import pytest

from daytona_validate._runtime.waits import Waits
from daytona_validate._toolchains.derive import after_progress


def test_each_change_is_told_with_all_that_is_under_way() -> None:
    told: list[tuple[str, ...]] = []
    waits = Waits(told.append)
    with waits.on("Go") as tell, waits.on("Node"):
        tell(1, 3)
    assert told == [("Go",), ("Go", "Node"), ("Go 1/3", "Node"), ("Go 1/3",), ()]


def test_nobody_has_to_listen() -> None:
    with Waits().on("Go") as tell:
        tell(1, 2)


STREAM = b"1/12\nnoise\n12/12\n" + b"9" * 100 + b"\narchive\n3/12\n\0archive\n"


@pytest.mark.parametrize("size", [1, 3, 7, len(STREAM)])
def test_progress_is_split_from_the_archive_wherever_the_chunks_end(size: int) -> None:
    """What the archive itself says, and lines that are none of these, count for nothing."""
    archive, told = bytearray(), list[tuple[int, int]]()
    take = after_progress(archive.extend, lambda done, total: told.append((done, total)))
    for start in range(0, len(STREAM), size):
        take(STREAM[start : start + size])
    assert bytes(archive) == b"3/12\n\0archive\n"
    assert told == [(1, 12), (12, 12)]
