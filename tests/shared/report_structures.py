"""What a reader of each report format takes for structure: all but the texts in it.

A report of hostile text must have that of harmless text, else some of it was no text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt
from markdown_it.token import Token

_OWN_SEQUENCES = re.compile(r"\x1b\[(?:\d+(?:;\d+)*)?m|\x1b\]8;;(?:file:///[!-~]*)?\x1b\\")
_FRAME_LINE = re.compile(r" {4} *\d* \|")
_OWN_KEY = re.compile(r"[$a-zA-Z_]{2,40}")


def without_own_sequences(report: str) -> str:
    """Return a report without the colours and links of our own."""
    return _OWN_SEQUENCES.sub("", report)


def _text(report: str) -> object:
    """Lines at the margin and below it; of code there may be more or fewer."""
    lines = without_own_sequences(report).split("\n")
    return [line[:4] == "    " for line in lines if not _FRAME_LINE.match(line)]


def _json(report: str) -> object:
    return _shape(json.loads(report))


def _jsonl(report: str) -> object:
    return [_shape(json.loads(line)) for line in report.splitlines()]


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key if _OWN_KEY.fullmatch(key) else "": _shape(of) for key, of in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else type(value)


def _junit(report: str) -> object:
    return _element(ET.fromstring(report))


def _element(element: ET.Element) -> object:
    return element.tag, sorted(element.attrib), [_element(each) for each in element]


def _github(report: str) -> object:
    """As the runner reads a log: commands, their properties, and all other lines."""
    found: list[object] = []
    for line in report.splitlines():
        command, is_ended, _ = line.strip().removeprefix("::").partition("::")
        if line.strip().startswith("::") and is_ended:
            name, _, properties = command.partition(" ")
            found.append((name, [each.split("=")[0] for each in properties.split(",")]))
        else:
            found.append("line")
    return found


def _markdown(report: str) -> object:
    return list(_tokens(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(report)))


def _tokens(tokens: list[Token]) -> Iterator[object]:
    for each in tokens:
        if each.type == "inline":
            yield from _tokens(each.children or [])
        elif each.type == "html_inline":
            yield each.content
        elif each.type not in ("text", "text_special"):
            yield each.type, each.tag


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        links = [value for name, value in attrs if name in ("href", "src")]
        assert all(re.fullmatch(r"#r\d+|#results", value or "") for value in links)
        self.found.append((tag, [name for name, _ in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_pi(self, data: str) -> None:
        self.found.append("instruction")


def _html(report: str) -> object:
    tags = _Tags()
    tags.feed(report)
    tags.close()
    return tags.found


STRUCTURES: dict[str, Callable[[str], object]] = {
    "text": _text,
    "json": _json,
    "jsonl": _jsonl,
    "junit": _junit,
    "github": _github,
    "markdown": _markdown,
    "sarif": _json,
    "html": _html,
}
"""By the name of a format; one that is added has its own here."""
