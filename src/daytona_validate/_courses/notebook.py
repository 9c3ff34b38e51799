"""Finds the cells of a Jupyter notebook, formats 3 and 4.

A notebook is a small JSON document, so it is read here: what the library of its makers adds is
a schema, and what breaks that schema is still somebody's course. Whatever is not as it should be
counts as not there; only a document that has no cells at all is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.block import Block, BlockKind, StoredOutput
from daytona_validate._courses.block_options import of_cell
from daytona_validate._courses.front_matter import flattened
from daytona_validate._courses.headings import Headings
from daytona_validate._courses.info_string import KERNELS, InfoString, kernel_of
from daytona_validate._courses.page import Page
from daytona_validate._courses.prose import (
    paragraph_after,
    paragraph_before,
    words_set_as_code,
)
from daytona_validate._courses.unread_fences import UnreadFence, unread_fences
from daytona_validate._models import Location

LanguageOf = Callable[[str], str | None]

_MAGIC = re.compile(r"%%([\w!]+)")
_OF_OTHER_LANGUAGES = frozenset({
    "bash", "cmd", "cython", "html", "javascript", "js", "julia", "latex", "markdown", "octave",
    "perl", "python", "python2", "python3", "r", "ruby", "script", "sh", "sql", "svg",
    "typescript",
})  # fmt: skip
"""Magics of a cell that say in which language it is; all others are part of its program."""
_PLAIN = "text/plain"
_RICH = frozenset({"png", "jpeg", "svg", "html", "latex", "json", "javascript"})
"""What format 3 calls an output that is more than text."""
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")


class BrokenNotebook(Exception):
    """A notebook cannot be read at all; the message says why."""


def read_notebook(text: str, *, path: str, language_of: LanguageOf) -> Page:
    """Return a notebook with every code cell that is not empty.

    Args:
        text: The document; lone surrogates may stand for bytes that are not UTF-8.
        path: What the cells' locations shall name.
        language_of: The table of languages.

    Raises:
        BrokenNotebook: It is no JSON, or no notebook.
    """
    document = _document(text)
    metadata = flattened(_mapping(document.get("metadata")))
    reading = _Reading(path, language_of, kernel_of(metadata) or "python")
    for index, cell in enumerate(_cells(document)):
        reading.add(cell, index)
    return Page(
        path=path,
        dialect=Dialect.NOTEBOOK,
        front_matter=metadata,
        blocks=tuple(reading.blocks),
        unread=tuple(reading.unread),
        named=words_set_as_code(reading.texts),
    )


def _document(text: str) -> Mapping[str, object]:
    try:
        document: object = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        what = f"it is no JSON: {error.msg} in line {error.lineno}"
        raise BrokenNotebook(f"the notebook is broken: {what}") from error
    except (ValueError, RecursionError) as error:
        raise BrokenNotebook(f"the notebook is broken: {type(error).__name__}") from error
    if not isinstance(document, dict) or not {"cells", "worksheets"} & document.keys():
        raise BrokenNotebook("the notebook is broken: it has no cells")
    return document


def _cells(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield the cells of a notebook; format 3 has them in worksheets."""
    sheets = [document, *map(_mapping, _sequence(document.get("worksheets")))]
    for sheet in sheets:
        yield from map(_mapping, _sequence(sheet.get("cells")))


class _Reading:
    """The cells of one notebook, as they are read from top to bottom."""

    def __init__(self, path: str, language_of: LanguageOf, kernel: str) -> None:
        self._path = path
        self._language_of = language_of
        self._kernel = kernel
        self._headings = Headings()
        self.blocks: list[Block] = []
        self.unread: list[UnreadFence] = []
        self.texts: list[str] = []
        """Of its cells of words."""
        self._before = ""
        """The last paragraph of the cell before, if that is one of words."""

    def add(self, cell: Mapping[str, object], index: int) -> None:
        """Take a cell of any kind."""
        kind = cell.get("cell_type")
        source = text_of(cell.get("input" if "input" in cell else "source"))
        before, self._before = self._before, ""
        if kind == "code" and source.strip():
            self.blocks.append(replace(self._block(cell, source, index), above=before))
        elif kind == "markdown":
            self._words(source, index)
        elif kind == "heading":
            level = cell.get("level")
            self._headings.add(level if isinstance(level, int) else 1, source)

    def _words(self, source: str, index: int) -> None:
        lines = source.split("\n")
        self.texts.append(source)
        self._before = paragraph_before(lines, len(lines))
        last = self.blocks[-1] if self.blocks else None
        if last is not None and last.location.cell == index - 1:
            self.blocks[-1] = replace(last, below=paragraph_after(lines, 0))
        for line in lines:
            heading = _HEADING.fullmatch(line)
            if heading:
                self._headings.add(len(heading[1]), heading[2].rstrip("# "))
        for fence in unread_fences(lines, (), language_of=self._language_of):
            self.unread.append(fence.of_cell(index))

    def _block(self, cell: Mapping[str, object], source: str, index: int) -> Block:
        metadata = _mapping(cell.get("metadata"))
        own = cell.get("language")
        word, code = _word_and_code(source, own if isinstance(own, str) else self._kernel)
        word = KERNELS.get(word, word)
        optioned = of_cell(code)
        return Block(
            language=self._language_of(word),
            info=InfoString(word=word),
            raw_info="",
            code=optioned.code,
            location=Location(self._path, 1, cell=index),
            end_line=source.count("\n") + 1,
            kind=BlockKind.CELL,
            section=self._headings.section,
            options={**flattened(metadata), **optioned.options},
            tags=tuple(tag for tag in _sequence(metadata.get("tags")) if isinstance(tag, str)),
            stored_output=stored_output(_sequence(cell.get("outputs"))),
        )


def _word_and_code(source: str, kernel: str) -> tuple[str, str]:
    """Return the language's word and the code; a magic that names a language becomes blank."""
    before = len(source) - len(source.lstrip())
    magic = _MAGIC.match(source, before)
    if magic is None or magic[1].lower() not in _OF_OTHER_LANGUAGES:
        return kernel, source
    end = source.find("\n", before)
    return magic[1].lower(), "\n" * source.count("\n", 0, before) + source[end:] if end > 0 else ""


def stored_output(outputs: Sequence[object]) -> StoredOutput | None:
    """Return what a cell's outputs say; None: they say nothing."""
    texts: list[str] = []
    raised, message, value = None, "", None
    rich = 0
    for output in map(_mapping, outputs):
        kind = output.get("output_type")
        if kind in ("error", "pyerr"):
            raised, message = (text_of(output.get(key)) for key in ("ename", "evalue"))
        elif kind == "stream":
            stream = output.get("name", output.get("stream", "stdout"))
            texts += [text_of(output.get("text"))] if stream == "stdout" else []
        elif kind in ("execute_result", "display_data", "pyout"):
            data = _mapping(output.get("data", output))
            if data.keys() & _RICH or any(each.count("/") for each in data.keys() - {_PLAIN}):
                rich += 1
                continue
            text = text_of(data.get(_PLAIN, data.get("text")))
            texts += [f"{text}\n"] if text else []
            value = text if kind != "display_data" and text else value
    said = StoredOutput(text="".join(texts), raised=raised, message=message, value=value, rich=rich)
    return None if said == StoredOutput(text="") else said


def text_of(value: object) -> str:
    """Return a text, which may be a list of its lines."""
    if isinstance(value, str):
        return value
    return "".join(each for each in _sequence(value) if isinstance(each, str))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
