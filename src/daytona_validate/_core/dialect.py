"""The markup languages that pages are written in."""

from __future__ import annotations

from enum import StrEnum


class Dialect(StrEnum):
    """Markup language of a page, by the builder that it is written for."""

    COMMONMARK = "commonmark"
    MKDOCS = "mkdocs"
    """Python-Markdown with the extensions of PyMdown: `!!!`, `???`, `===`, `///`."""
    MYST = "myst"
    """Directives: fences and colons whose first word is in braces."""
    MDX = "mdx"
    """No indented code; tags and comments of JSX."""
    QUARTO = "quarto"
    NOTEBOOK = "notebook"
    """Jupyter's `.ipynb`."""
    RST = "rst"
    """reStructuredText."""


OF_MARKDOWN = tuple(each for each in Dialect if each not in (Dialect.NOTEBOOK, Dialect.RST))
"""Those that the suffix of a page may leave open."""
