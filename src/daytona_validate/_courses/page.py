"""A page of a course as a value: everything that was found on it, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.block import Block
from daytona_validate._courses.unread_fences import UnreadFence


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Document: a page or a notebook, with all its blocks."""

    path: str
    """As it is shown to people."""
    dialect: Dialect
    front_matter: Mapping[str, str] = field(default_factory=dict[str, str])
    """The metadata at its top, or of the notebook. A list is its items with `, ` between them; a
    key in a mapping is `outer.inner`."""
    blocks: tuple[Block, ...]
    """All in order, those of unknown languages and outputs too."""
    named: frozenset[str] = frozenset()
    """The words that it sets as code in its prose."""
    unread: tuple[UnreadFence, ...] = ()
    """What looks like a block and was not read, in order."""
