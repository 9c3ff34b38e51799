"""A block of a course, before it is a snippet.

It keeps everything its page says about it, so that marks, expectations and sessions can be
read from it without reading the page again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from daytona_validate._courses.info_string import InfoString
from daytona_validate._models import Location


class BlockKind(StrEnum):
    """Kind of a block: whether it belongs to a session by its very form."""

    FENCE = "fence"
    """A fence, or a directive that shows code."""
    CELL = "cell"
    """A cell of a notebook, `{code-cell}` of MyST, or `{python}` of Quarto: it runs after the
    cells before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOutput:
    """Cell output that a notebook has stored: what its author saw."""

    text: str
    """Its streams to stdout and its results that are text and nothing else, in order."""
    value: str | None = None
    """That of its last expression, at the end of the text; None: there is none."""
    rich: int = 0
    """Outputs that are more than text: pictures, tables, formulas."""
    raised: str | None = None
    """The name of the error that ended the cell; None: none did."""
    message: str = ""
    """Of that error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block or cell with its place in the page."""

    language: str | None
    """The language's name in the table; None if its word is not known."""
    info: InfoString
    raw_info: str
    """The info string as written, white space around it removed."""
    code: str
    """The content without the indentation of the list or quote around it; lines of options at its
    top are blank, so that all others keep their numbers."""
    location: Location
    """Of the opening fence; of a cell: its index, and line 1."""
    end_line: int
    """1-based last line: of the closing fence, or of the content if the fence never closes; of a
    cell: its number of lines."""
    kind: BlockKind = BlockKind.FENCE
    section: str = ""
    """The headings above it, outermost first, with ` > ` between them."""
    comments: tuple[str, ...] = ()
    """What the comments directly before it say, in order; between them are blank lines only."""
    caption: str = ""
    """The paragraph of one line directly before it, as Markdown has it, if it is short."""
    above: str = ""
    """The paragraph directly before it, in one line; the end of a long one."""
    below: str = ""
    """The paragraph directly after it, in one line; the beginning of a long one."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Its options: `#| key: value`, `:key: value`, or those in a block of YAML; those of a
    notebook's cell are its metadata. A list is its items with `, ` between them; a key in a
    mapping is `outer.inner`."""
    tags: tuple[str, ...] = ()
    """Of a cell."""
    code_line: int | None = None
    """1-based line of the file of the code's first line; None in a notebook."""
    stored_output: StoredOutput | None = None
    """Of a notebook's cell; None: it has none."""
