"""`doctor` says when this host hands crashes to a program of its own."""

from __future__ import annotations

from daytona_validate._cli.this_host import core_handler_text


def test_a_handler_is_shown_and_no_control_character_of_it() -> None:
    text = core_handler_text("|/usr/lib/handler %p\x1b[2J\n")
    assert text is not None
    assert "|/usr/lib/handler %p" in text
    assert "\x1b" not in text


def test_a_file_is_no_handler() -> None:
    assert core_handler_text("core.%p\n") is None
