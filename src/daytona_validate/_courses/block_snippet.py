"""From a block of a page to its snippet, with its marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from daytona_validate._core.shown_output import ShownOutput
from daytona_validate._courses.block import Block, BlockKind
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.magics import without_magics
from daytona_validate._courses.marks import Marks
from daytona_validate._courses.read_marks import marks_of
from daytona_validate._courses.repl_session import (
    as_program,
    compared_session,
    is_session,
    is_shell_session,
    session_code,
)
from daytona_validate._courses.sql_results import without_results
from daytona_validate._courses.stripped import stripped
from daytona_validate._models import Snippet


def course_snippet_of(
    block: Block,
    *,
    language: str,
    front_matter: Mapping[str, str] | None = None,
    strip: Sequence[str] = (),
) -> CourseSnippet:
    """Return the snippet that a block of a known language is, with its place in the page.

    Args:
        block: It names a known language.
        language: That language's name in the table.
        front_matter: What the top of its page says.
        strip: What its page's builder takes out of code, such as `*!*`.
    """
    code, only_notebook = _cell_code(block, stripped(block.code, strip), language)
    marks = marks_of(
        block.info,
        code=code,
        comments=block.comments,
        options=block.options,
        tags=block.tags,
        front_matter=front_matter,
    )
    snippet = _snippet_of(block, marks, code=code, language=language)
    if only_notebook is not None:
        snippet = replace(snippet, not_runnable=only_notebook)
    is_typed = snippet.unreadable is None and is_session(code, language)
    program = as_program(snippet) if is_typed else snippet
    session = compared_session(program, code) if is_typed else None
    return CourseSnippet(
        snippet=program,
        page=block.location.path,
        section=block.section,
        is_cell=block.kind is BlockKind.CELL,
        code_line=block.code_line,
        code=block.code,
        earlier_code=session_code(code, language) if is_typed else None,
        shown=ShownOutput(session=session),
        marks=marks,
    )


def _cell_code(block: Block, code: str, language: str) -> tuple[str, str | None]:
    """Return a block's code, without what is for IPython or was printed; and why it cannot run."""
    if language == "sql" and not is_session(code, language):
        return without_results(code), None
    is_cell = block.kind is BlockKind.CELL and language == "python"
    return without_magics(code) if is_cell else (code, None)


def _snippet_of(block: Block, marks: Marks, *, code: str, language: str) -> Snippet:
    """Return the snippet that a block of a known language is.

    A block whose bytes were not UTF-8 becomes an unreadable snippet: with other characters in
    their place, another program would be judged.
    """
    if not _is_text(block.code + block.raw_info):
        problem = "the block has bytes that are not UTF-8: save the page as UTF-8"
        return Snippet(code="", language=language, location=block.location, unreadable=problem)
    return Snippet(
        code=code,
        language=language,
        snippet_id=marks.snippet_id,
        location=block.location,
        is_block=True,
        timeout_s=marks.timeout_s,
        check_only=marks.check_only,
        should_fail=marks.should_fail,
        skip=None if marks.skip is None else f"marked {marks.skip}",
        not_runnable=_no_program(block, code),
    )


def _no_program(block: Block, code: str) -> str | None:
    """Return what a block is, if that is plainly no program."""
    elsewhere = None if block.code.strip() else block.info.attrs.get("file")
    if elsewhere:
        return f"an include of {elsewhere}, which only its page's builder reads"
    return "a shell session" if is_shell_session(code) else None


def _is_text(text: str) -> bool:
    """Whether the text is free of the lone surrogates that stand for undecodable bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
