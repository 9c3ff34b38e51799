"""The snippets of a page: which of its blocks are run, and with what.

It sees the whole page, for a block may be told about by its front matter, by the fence after it
that shows its output, and by other blocks that are files of the same program.
"""

from __future__ import annotations

from collections.abc import Sequence

from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.page import Page


def snippets_of_page(page: Page, *, strip: Sequence[str] = ()) -> tuple[CourseSnippet | None, ...]:
    """Return the snippet of each block of a page, in order; None for a block that is none.

    Args:
        page: The page.
        strip: What its builder takes out of code, such as `*!*`.
    """
    return tuple(
        course_snippet_of(
            block, language=block.language, front_matter=page.front_matter, strip=strip
        )
        if block.language
        else None
        for block in page.blocks
    )
