"""Rewrites the outputs that a notebook has stored to what was printed; every other byte stays.

As in pages, it errs towards leaving an output alone: only the one stream of a cell is rewritten,
never a picture or a value, for nobody knows which of several outputs a line was printed to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from daytona_validate._courses.json_places import Place, items, members, place_of
from daytona_validate._courses.notebook import stored_output, text_of

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ESCAPED = re.compile(r"\\u(?!00[0-7])[0-9A-Fa-f]{4}")
"""A character beyond ASCII that a notebook does not have as itself."""
_VALUES = ("execute_result", "pyout")
"""What a cell ends in: that is not printed."""


@dataclass(frozen=True, slots=True)
class CellEdit:
    """Patch: what a cell printed, and what to put in its place."""

    cell: int
    """0-based, among all cells."""
    code: str
    """As the block has it: with blank lines for the options and the magic at its top."""
    old: str
    """All that the cell has stored."""
    new: str


def updated_notebook(
    content: bytes, edits: Iterable[CellEdit]
) -> tuple[bytes, tuple[CellEdit, ...]]:
    """Return a notebook with edits, and those that were made.

    Args:
        content: Of the notebook.
        edits: No two of the same cell. One whose cell is another now, or whose output is not
            certain to be of one stream, is not made.
    """
    text = content.decode(errors="surrogateescape")
    try:
        cells = list(_cells(text, place_of(text, len(text) - len(text.removeprefix("\ufeff")))))
    except (ValueError, RecursionError):
        return content, ()
    is_ascii = text.isascii() and _ESCAPED.search(text) is not None
    done: list[CellEdit] = []
    parts, at = [], 0
    for edit in sorted(edits, key=lambda each: each.cell):
        place = _stream(text, cells[edit.cell], edit) if edit.cell < len(cells) else None
        if place is not None:
            parts += [text[at : place.start], _as_before(edit.new, text, place, is_ascii=is_ascii)]
            at = place.end
            done.append(edit)
    return "".join([*parts, text[at:]]).encode(errors="surrogateescape"), tuple(done)


def _cells(text: str, document: Place) -> Iterator[Place]:
    """Yield the places of all cells, in the order in which they are read."""
    parts = members(text, document)
    sheets = [parts, *(members(text, each) for each in items(text, parts.get("worksheets")))]
    for sheet in sheets:
        yield from items(text, sheet.get("cells"))


def _stream(text: str, place: Place, edit: CellEdit) -> Place | None:
    """Return the place of the text that a cell printed; None: it is another, or not certain."""
    cell = members(text, place)
    source = cell.get("input" if "input" in cell else "source")
    outputs = cell.get("outputs")
    if source is None or outputs is None or not _is_of(edit.code, text_of(source.value)):
        return None
    each_stored = [(each, stored_output([each.value])) for each in items(text, outputs)]
    telling = [
        members(text, each)
        for each, stored in each_stored
        if stored is not None and _kind(each) not in _VALUES
    ]
    stored = stored_output([each.value for each, _ in each_stored])
    if stored is None or stored.text != edit.old or len(telling) != 1:
        return None
    printed = telling[0].get("text")
    is_stream = telling[0]["output_type"].value == "stream"
    return printed if is_stream and printed is not None and _is_text(printed.value) else None


def _kind(output: Place) -> object:
    return output.value.get("output_type") if isinstance(output.value, Mapping) else None


def _is_text(value: object) -> bool:
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines)


def _is_of(code: str, source: str) -> bool:
    """Return whether a block's code is that of a cell, but for what was blanked in it."""
    lines, there = code.split("\n"), source.split("\n")
    return len(lines) == len(there) and all(
        not line.strip() or line == one for line, one in zip(lines, there, strict=True)
    )


def _as_before(new: str, text: str, place: Place, *, is_ascii: bool) -> str:
    """Return a text in JSON as the old one is: a string, or lines with the same white space."""
    old = items(text, place)
    if not old:
        return json.dumps(new, ensure_ascii=is_ascii)
    before, after = text[place.start + 1 : old[0].start], text[old[-1].end : place.end - 1]
    if len(old) > 1:
        between = text[old[0].end : old[1].start]
    else:
        between = f",{before or ' ' * (text[place.start - 1] == ' ')}"
    lines = (json.dumps(line, ensure_ascii=is_ascii) for line in _LINE.findall(new))
    return f"[{before}{between.join(lines)}{after}]"
