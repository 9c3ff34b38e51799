"""When what is shown has colours."""

from __future__ import annotations

import pytest

from daytona_validate._cli.screen.colours import has_colours


@pytest.mark.parametrize(
    ("is_terminal", "environ", "expected"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_only_a_terminal_has_colours_if_nobody_is_against_it(
    is_terminal: bool, environ: dict[str, str], expected: bool
) -> None:
    assert has_colours(is_terminal=is_terminal, environ=environ) is expected
