"""A fingerprint is a snippet's content: language and code, without what no reader sees."""

from __future__ import annotations

import pytest

from daytona_validate._core.fingerprint import fingerprint

A = fingerprint("python", "if a:\n    b\n")


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("py", "if a:\n    b\n"),
        ("python", "if a:\r\n    b\r\n"),
        ("python", "\nif a:  \n    b\n\n"),
    ],
)
def test_what_no_reader_sees_does_not_count(language: str, code: str) -> None:
    assert fingerprint(language, code) == A


@pytest.mark.parametrize(
    ("language", "code"),
    [("python", "if a:\n  b\n"), ("python", "if a:\n\n    b"), ("ruby", "if a:\n    b\n")],
)
def test_all_else_does(language: str, code: str) -> None:
    assert fingerprint(language, code) != A


def test_bytes_that_are_no_text_have_one_too() -> None:
    assert fingerprint("python", "'\udcff'") != fingerprint("python", "'\udcfe'")
