"""Paths as words of a command: bash reads back the very same bytes."""

from __future__ import annotations

import os
import subprocess

import pytest

from daytona_validate._reports.shell_word import shell_path, shell_word


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("lesson.md:12", "lesson.md:12"),
        ("my lesson.md:1", "'my lesson.md:1'"),
        ("a'b", "'a'\"'\"'b'"),
        ("$(rm -r x)`y`", "'$(rm -r x)`y`'"),
        ("-x.md:3", "-x.md:3"),
        ("", "''"),
        ("a\nb", "$'a\\x0ab'"),
        ("a'\\\x1b", "$'a\\'\\\\\\x1b'"),
        ("a\udcffb", "$'a\\xffb'"),
        ("\u202ex\x85", "$'\\u202ex\\u0085'"),
        ("\U000e0041", "$'\\U000e0041'"),
    ],
)
def test_words(path: str, word: str) -> None:
    assert shell_word(path) == word


@pytest.mark.parametrize(("path", "word"), [("-x.md:3", "./-x.md:3"), ("-", "-"), ("a b", "'a b'")])
def test_a_path_is_never_taken_for_an_option(path: str, word: str) -> None:
    assert shell_path(path) == word


def test_bash_reads_the_same_path() -> None:
    """All cases in one process: the words are written into a script, its output is compared."""
    paths = ["a b", "a'\\\x1b", "a\udcff0b", "\u202ex\x85é", "\U000e0041", "x\x07;echo", "$'"]
    script = "printf '%s\\0' " + " ".join(shell_word(path) for path in paths)
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    )
    assert done.stdout.split(b"\0")[:-1] == [os.fsencode(path) for path in paths]
