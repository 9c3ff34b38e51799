"""The parsers of pages, one for each dialect of Markdown.

CommonMark, with three additions, made so that no block is lost by them:

* A line of three or more colons opens or closes a container (`:::note`, `::: warning`,
  `::::{grid}`). Only that line is taken; what stands between is read as if it stood alone.
  So containers need no names, nest to any depth, and a stray or forgotten `:::` does no harm.
* A MyST directive that holds code (`:::{code-block} python`) is a fence like any other.
* A comment of MDX (`{/* … */}`) holds no block; those in it are counted as not read.

What MkDocs, MyST and MDX read otherwise stands in modules of their own.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.colon_fence import colon_fence_plugin

from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.info_string import CODE_DIRECTIVES
from daytona_validate._courses.mdx_comments import mdx_comments_plugin
from daytona_validate._courses.mdx_rules import mdx_rules_plugin
from daytona_validate._courses.nested_rules import nested_rules_plugin

_CODE_INDENT = 4
_MAX_NESTING = 100
"""Deeper than any page; the preset's 20 would silently drop what stands in ten nested lists."""
_CODE_DIRECTIVE = re.compile(r"\s*\{(?:" + "|".join(sorted(CODE_DIRECTIVES)) + r")\}")
_NESTED = frozenset({Dialect.MKDOCS, Dialect.MYST, Dialect.MDX})
"""Dialects whose parser knows the containers of MkDocs and MyST."""


@cache
def page_parser(dialect: Dialect) -> MarkdownIt:
    """Return the parser of a dialect.

    It parses blocks only, for what stands within a paragraph is never looked at.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    parser.core.ruler.enableOnly(["normalize", "block"])
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "container_line", _container_line, {"alt": ends})
    parser.use(colon_fence_plugin).use(mdx_comments_plugin)
    if dialect in _NESTED:
        parser.use(nested_rules_plugin)
    if dialect is Dialect.MDX:
        parser.use(mdx_rules_plugin)
    return parser


def _container_line(state: StateBlock, start_line: int, _end_line: int, silent: bool) -> bool:
    """Take a line that opens or closes a container."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    line = state.src[start : state.eMarks[start_line]]
    if state.sCount[start_line] - state.blkIndent >= _CODE_INDENT or not line.startswith(":::"):
        return False
    if _CODE_DIRECTIVE.match(line.lstrip(":")):
        return False
    if not silent:
        state.line = start_line + 1
    return True
