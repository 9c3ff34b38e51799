from __future__ import annotations

import pytest

from daytona_validate._cli.screen.prefixed_lines import LONGEST, PrefixedLines


def told(*pieces: str) -> list[str]:
    lines: list[str] = []
    target = PrefixedLines("go: ", lines.append)
    for piece in pieces:
        target.add(piece)
    target.end()
    return lines


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((), []),
        (("one\ntwo",), ["go: one", "go: two"]),
        (("o", "ne\nt", "wo\n"), ["go: one", "go: two"]),
        (("\n\n \n",), []),
        (("10%\r50%\r100%\n",), ["go: 100%"]),
        (("windows\r\n",), ["go: windows"]),
    ],
)
def test_lines_are_told_whole(pieces: tuple[str, ...], expected: list[str]) -> None:
    assert told(*pieces) == expected


def test_a_line_without_an_end_is_told_in_parts() -> None:
    lines = told("x" * (2 * LONGEST + 1))
    assert [len(line) - len("go: ") for line in lines] == [LONGEST, LONGEST, 1]
