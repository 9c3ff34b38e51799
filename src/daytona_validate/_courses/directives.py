"""Which directives of MyST have a body of Markdown, and which another text."""

from __future__ import annotations

from daytona_validate._courses.info_string import CODE_DIRECTIVES

_OF_OTHER_TEXT = frozenset({
    "altair-plot", "bash", "bibliography", "cpp", "csv-table", "diagram", "digraph", "dot",
    "eval-rst", "figure", "graphviz", "html", "image", "include", "iframe", "index", "jinja",
    "julia", "jupyter-execute", "literalinclude", "math", "mathjax", "mermaid", "meta", "ojs",
    "plantuml", "plot", "productionlist", "r", "raw", "ruby", "rust", "sh", "shell",
    "stan", "toctree", "video", "video-js",
})  # fmt: skip
"""Names of directives and of cells whose body is no Markdown; any other may hold blocks."""


def has_markdown(name: str) -> bool:
    """Return whether the body of a directive of this name is Markdown; its case is ignored."""
    plain = name.lower()
    is_word = plain[:1].isalpha() and not plain.startswith("auto")
    return is_word and plain not in CODE_DIRECTIVES and plain not in _OF_OTHER_TEXT
