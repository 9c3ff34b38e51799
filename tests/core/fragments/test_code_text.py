"""Code without its strings and comments."""

from __future__ import annotations

import tracemalloc

import pytest

from daytona_validate._core.fragments.code_text import bare_lines

CHARACTERS = 100_000


@pytest.mark.parametrize(
    ("language", "opening", "piece"),
    [
        *(("python", opening, "a") for opening in ("'", '"', "'''", '"""')),
        *(("python", opening, "\\\\") for opening in ("'", '"""')),
        *(("go", opening, "a") for opening in ("`", "/*", "'", '"')),
        ("go", "/*", "* "),
        ("sql", "/*", "a"),
    ],
)
def test_a_long_text_takes_memory_as_its_length(language: str, opening: str, piece: str) -> None:
    code = opening + piece * (CHARACTERS // len(piece))
    bare_lines(code, language)  # compiles the pattern
    tracemalloc.start()
    try:
        lines = bare_lines(code, language)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lines == [" " * len(code)]
    assert peak < 12 * CHARACTERS
