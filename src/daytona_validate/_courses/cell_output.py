"""What a notebook's stored output asks of a cell that runs again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from daytona_validate._core.not_read import Why
from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.changing_cells import changing
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.unread_fences import UnreadFence

_OTHER_VALUES = re.compile(r"^[ \t]*%precision\b|\bast_node_interactivity\b", re.MULTILINE)
"""After it a notebook shows its values in another way, or more of them."""
UNCOMPARED = ShownCell(text="", printed="")
"""What is counted, and not compared."""
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})")
_ORDERED = (3, 7)
"""The Python since which a dict has the order in which it was filled."""
_MAGIC = re.compile(r"^[ \t]*%", re.MULTILINE)
_CAUGHT = re.compile(
    r"\bexcept[ \t(]{1,9}([\w., \t]{1,200}?)[ \t)]{1,9}as[ \t]{1,9}(\w{1,80})[ \t]{0,9}:"
)
_ANY_ERROR = frozenset({"Exception", "BaseException"})
_WORD = re.compile(r"\w+")
_PRINTED = re.compile(r"\bprint\(([^\n]{1,200})\)")


def shown_cells(blocks: Sequence[Block], metadata: Mapping[str, str]) -> list[ShownCell | None]:
    """Return what is compared of each block's output; None: nothing is.

    Args:
        blocks: Of a notebook, in order.
        metadata: Of the notebook, which may say that another Python has stored its outputs.
    """
    if _is_old(metadata):
        return [UNCOMPARED if each.stored_output else None for each in blocks]
    has_values = not any(_OTHER_VALUES.search(block.code) for block in blocks)
    each_changing = changing(block.code for block in blocks)
    return [
        None if is_changing else _shown(block, has_values=has_values)
        for block, is_changing in zip(blocks, each_changing, strict=True)
    ]


def uncompared(
    blocks: Iterable[Block], courses: Iterable[CourseSnippet | None]
) -> Iterator[UnreadFence]:
    """Yield the cells of which something stored is not compared."""
    for block, course in zip(blocks, courses, strict=True):
        if course and course.shown.cell and course.shown.cell.printed is not None:
            place = block.location
            yield UnreadFence(place.line, block.end_line, "", why=Why.RICH, cell=place.cell)


def _is_old(metadata: Mapping[str, str]) -> bool:
    """Return whether a Python has stored the outputs that had another order, or another `print`."""
    version = _VERSION.match(metadata.get("language_info.version", ""))
    if version is None:
        return metadata.get("kernelspec.name", "") == "python2"
    is_python = metadata.get("language_info.name", "") == "python"
    return is_python and (int(version[1]), int(version[2])) < _ORDERED


def _shown(block: Block, *, has_values: bool) -> ShownCell | None:
    stored = block.stored_output
    if stored is None or not (stored.text or stored.rich):
        return None
    is_asked = has_values and block.kind is BlockKind.CELL and block.language == "python"
    if stored.rich:
        is_magic = _MAGIC.search(block.code) is not None  # it printed, and is taken out
        value = "" if stored.value is None else f"{stored.value}\n"
        printed = "" if is_magic else stored.text.removesuffix(value)
        return ShownCell(text=stored.text, printed=printed, shows_values=is_asked)
    return ShownCell(
        text=stored.text,
        value=stored.value if is_asked else None,
        messages=_messages(block.code),
        shows_values=is_asked,
    )


def _messages(code: str) -> int:
    """Return how often a cell prints an error that it caught by the name of its class."""
    caught = {
        found[2]
        for found in _CAUGHT.finditer(code)
        if not _ANY_ERROR.intersection(_WORD.findall(found[1]))
    }
    printed = (_WORD.findall(found[1]) for found in _PRINTED.finditer(code))
    return sum(not caught.isdisjoint(words) for words in printed) if caught else 0
