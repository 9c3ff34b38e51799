"""Links of the documentation to files and headings lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from documented import PAGES, ROOT
from for_each import for_each

LINKING = (
    *PAGES,
    *(ROOT / each for each in ("CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md")),
)


@cache
def tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text())


def links(page: Path) -> Iterator[str]:
    """Yield where the links and pictures of a page lead, but for those into the net."""
    for inline in tokens(page):
        for each in inline.children or ():
            to = str(each.attrs.get("href") or each.attrs.get("src") or "")
            if to and not re.match(r"[a-z]+:", to):
                yield unquote(to)


def anchors(page: Path) -> set[str]:
    """Return what GitHub calls the headings of a page."""
    found = Counter[str]()
    for opening, inline in zip(tokens(page), tokens(page)[1:], strict=False):
        if opening.type == "heading_open":
            text = "".join(each.content for each in inline.children or ())
            slug = re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-")
            found[slug] += 1
    return {f"{slug}-{n}" if n else slug for slug in found for n in range(found[slug])}


def leads_somewhere(page: Path, link: str) -> bool:
    """Return whether the file is there, and the heading in it that is named after `#`."""
    path, _, heading = link.partition("#")
    there = page.parent / path if path else page
    if heading and there.suffix == ".md":
        return there.is_file() and heading in anchors(there)
    return there.exists() and not heading


@for_each("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [each for each in links(page) if not leads_somewhere(page, each)] == []


def test_all_kinds_of_links_are_read() -> None:
    read = {(page.name, each) for page in LINKING for each in links(page)}
    assert {
        ("README.md", "docs/daytona.md"),
        ("evaluate.md", "#the-end-has-to-be-reached"),
        ("benchmarks.md", "benchmarks/local.svg"),
    } <= read


@pytest.mark.parametrize(
    "link", ["docs/nothing.md", "docs/languages.md#nothing", "#nothing", "LICENSE#nothing"]
)
def test_a_link_to_nothing_is_found(link: str) -> None:
    assert not leads_somewhere(ROOT / "README.md", link)
