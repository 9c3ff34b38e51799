"""A snippet of a course: what is run, with its place among the others of its page."""

from __future__ import annotations

from dataclasses import dataclass, field

from daytona_validate._core.course_config import NO_CONFIG, CourseConfig
from daytona_validate._core.page_context import NO_CONTEXT, PageContext
from daytona_validate._core.shown_output import NOTHING_SHOWN, ShownOutput
from daytona_validate._courses.marks import NO_MARKS, Marks
from daytona_validate._models import Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSnippet:
    """Snippet with its page: what decides which snippets run before it."""

    snippet: Snippet
    page: str | None = None
    """The path of its page or notebook; None: it is a record or a file, and stands alone."""
    section: str = ""
    """The headings above it, outermost first, with ` > ` between them."""
    is_cell: bool = False
    """Whether it is a cell: it always runs after the cells before it."""
    code_line: int | None = None
    """1-based line of the file at which its code begins; None: no line of the file is its own."""
    code: str = ""
    """As the page has it, for people, where the snippet's was changed before it runs."""
    earlier_code: str | None = None
    """What runs of it before others of its page: a session's code without prompts and outputs.
    None: the snippet's code as it is."""
    shown: ShownOutput = NOTHING_SHOWN
    """What its page shows of its output, where that is to be compared."""
    context: PageContext = field(default=NO_CONTEXT, repr=False)
    """What its page says and shows around it."""
    is_output: bool = False
    """Whether its page calls it the output of the block before it."""
    above: str = ""
    """The code of Python that stands directly above it, with nothing between them."""
    named: frozenset[str] = frozenset()
    """The words that its page sets as code in its prose."""
    marks: Marks = NO_MARKS
    config: CourseConfig = NO_CONFIG
    """The configuration of the folder that its file is in."""
    fingerprint: str = field(default="", compare=False)
    """Of it and of all of its page that may count for it; empty: nobody asked for one."""

    page_fingerprint: str = field(default="", compare=False)
    """Of all that its page depends on, once that is read; of a record or a file, none."""

    @property
    def page_code(self) -> str:
        """Return its code as the page has it."""
        return self.code or self.snippet.code
