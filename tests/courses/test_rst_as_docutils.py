"""Blocks of reStructuredText pages are those that docutils finds: as many, there, with that code.

Our reader takes lines, so that blocks in directives of Sphinx's and of others are found without
those. This holds it against docutils, which is no dependency: on pages made by seed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from daytona_validate._courses.rst import read_rst

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
]
SCRIPT = Path(__file__).with_name("docutils_blocks.py")
PAGES = 400
LINES = ["x = 1", "  y", ".. code:: sql", ">>> 1", "a::", "- b", ":c: d"]


def paragraph(_random: Random, _depth: int) -> Iterator[str]:
    yield from ("Some words, and ``x = 1``", "on two lines.", "")


def doctest(random: Random, _depth: int) -> Iterator[str]:
    yield from (f">>> x = {random.randrange(9)}", ">>> x", "1", "")


def code(random: Random, _depth: int) -> Iterator[str]:
    name = random.choice(["code", "code-block", "sourcecode", "Code-Block"])
    yield f".. {name}:: {random.choice(['python', 'js', 'go'])}"
    yield from random.choice([[], ["   :name: a", "   :emphasize-lines: 1,2"]])
    yield ""
    for _ in range(random.randrange(1, 4)):
        yield f"   {random.choice(LINES)}"
        yield from random.choice([[], [""]])
    yield ""


def container(random: Random, depth: int) -> Iterator[str]:
    yield f".. {random.choice(['note', 'tabs', 'tab', 'py:function', 'versionadded'])}:: Title"
    yield ""
    yield from indented(random, depth, "   ")


def literal(random: Random, depth: int) -> Iterator[str]:
    yield from ("As in::", "")
    yield from indented(random, depth, "  ")


def comment(random: Random, depth: int) -> Iterator[str]:
    yield ".. not shown"
    yield from indented(random, depth, "   ")


def items(random: Random, depth: int) -> Iterator[str]:
    mark = random.choice(["- ", "* ", "1. ", "#. "])
    for _ in range(random.randrange(1, 3)):
        body = [*some(random, depth)]
        yield f"{mark}{body[0]}"
        yield from (f"{' ' * len(mark)}{line}" if line else "" for line in body[1:])
    yield ""


def indented(random: Random, depth: int, indent: str) -> Iterator[str]:
    yield from (f"{indent}{line}" if line else "" for line in some(random, depth))
    yield ""


PIECES: list[Callable[[Random, int], Iterator[str]]] = [paragraph, doctest, code, code]
NESTED = [*PIECES, container, literal, comment, items]


def some(random: Random, depth: int) -> Iterator[str]:
    for _ in range(random.randrange(1, 4)):
        yield from random.choice(PIECES if depth > 3 else NESTED)(random, depth + 1)
        yield from ("Between.", "")


def page(seed: int) -> str:
    random = Random(seed)
    titles = [("Title", "====="), ("Part", "----")]
    return "\n".join(line for title in titles for line in (*title, "", *some(random, 0)))


def plain(text: str) -> str:
    """Return code without the indentation and the blank lines that readers take off."""
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


@pytest.fixture(scope="module")
def docutils(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("docutils"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
    subprocess.run([*pip, "docutils==0.23"], check=True, timeout=240)
    return folder


def test_blocks_are_those_of_docutils(docutils: str) -> None:
    pages = [page(seed) for seed in range(PAGES)]
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        input=json.dumps(pages),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": docutils},
        timeout=240,
    )
    theirs = [
        [(n, word, plain(code)) for n, word, code in each] for each in json.loads(done.stdout)
    ]
    assert sum(map(len, theirs)) > PAGES, "most pages have blocks"
    for text, expected in zip(pages, theirs, strict=True):
        read = read_rst(text, path="a.rst", language_of=lambda word: word)
        found = [(each.location.line, each.info.word, plain(each.code)) for each in read.blocks]
        assert found == expected, text
