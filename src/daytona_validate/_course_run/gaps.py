"""Failures for want of what a page leaves to its reader or shows later: its gap, no mistake.

A fragment that shows an idea needs names that no block of its page defines, and other blocks have
them too. A block with a misspelt name needs such a one as well, and the rule errs towards that: a
name that no other block has, one near to any other, or one that an import would give, is its own
mistake.
"""

from __future__ import annotations

import re
from itertools import islice

from daytona_validate._core.fragments.code_text import bare_text
from daytona_validate._core.fragments.completion import not_runnable
from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES, OWN_NAMES
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._core.fragments.stand_in_names import (
    is_stand_in,
    marks_of,
    things_of,
)
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.files_of_a_page import (
    is_readers,
    is_readers_module,
    named_file,
    package_of_block,
)
from daytona_validate._course_run.hidden_imports import imports_in_comments
from daytona_validate._course_run.later_blocks import waits_for
from daytona_validate._course_run.later_values import waits_for_value
from daytona_validate._course_run.missing_tables import (
    database_of,
    has_no_tables,
    is_absent_table,
    is_table,
)
from daytona_validate._course_run.page_words import words_of, words_of_page
from daytona_validate._course_run.readers_names import (
    binds_inside,
    is_readers_name,
    makes_for_others,
    reads_as_given,
)
from daytona_validate._course_run.sketches import left_out
from daytona_validate._course_run.usual_names import SCRIPTS, has_unread_value, is_usual, is_value
from daytona_validate._models import CodeValidationResult, Fault, Missing, MissingKind

_LACKING = {MissingKind.NAME: "", MissingKind.TYPE: "", MissingKind.TABLE: "table "}
_SHORTEST = 2
_MOST_ALIKE = 20
_NAME = re.compile(r"[\w$]+(?:\.[\w$]+)*")
_CLASSES = re.compile(r"(?<![\w.])[A-Z]\w*[a-z]\w*")
_SUGGESTED = re.compile(r"Did you mean:? '([\w$.]+)'")
_PUT_BESIDE = "; `files` puts a course's own beside it"
_CURE = "; a set-up file can make it"


def as_gap(page: CoursePage, position: int, result: CodeValidationResult) -> CodeValidationResult:
    """Return a block's result; `not_runnable` if it lacks what its page leaves out or has later.

    Args:
        page: Its page.
        position: Its place there.
        result: Its last, settled one.
    """
    course, missing = page.snippets[position], result.missing
    is_asked = result.fault is Fault.SNIPPET and page.rules.has_fragments
    if not is_asked or course.page is None or missing is None or not course.snippet.is_block:
        return result
    reason = _readers_file(page, position, missing) or _of_tests(page, position, missing)
    if reason is None and not course.is_cell:
        reason = waits_for(page, position, result) or waits_for_value(page, position, missing)
        reason = reason or _left_out(page, position, missing)
    if reason is not None:
        return not_runnable(result, reason)
    return result if course.is_cell else _named_gap(page, position, result, missing)


def _readers_file(page: CoursePage, position: int, missing: Missing) -> str | None:
    """Return that a block needs a file of its course, which its reader is to bring."""
    code, language = page.code(position), page.languages[position]
    package = package_of_block(missing, code, language)
    if package is not None:
        return f"it is a part of a package: it imports from {package}"
    name = named_file(missing, code, language)
    titles = [*filter(None, (each.marks.file for each in page.snippets))]
    is_module = missing.kind is MissingKind.MODULE and language in SCRIPTS
    is_given = is_readers_module if is_module else is_readers
    if name is None or not is_given(name, code, _others(page, position), titles):
        return None
    last = name.rpartition("/")[2]
    if last not in page.site.files and is_misspelt(last, page.site.files):
        return None
    return f"it needs the file {name}, which no block of the page makes{_PUT_BESIDE}"


def _of_tests(page: CoursePage, position: int, missing: Missing) -> str | None:
    """Return that a block needs a name which the tests of its site make."""
    is_python = page.languages[position] == "python" and missing.kind is MissingKind.NAME
    if not is_python or not page.site.is_of_tests_alone(missing.name):
        return None
    return f"it needs {missing.name}, which its site's conftest.py makes; a set-up file can"


def _left_out(page: CoursePage, position: int, missing: Missing) -> str | None:
    """Return what a block says of a name that nothing on its page makes."""
    if page.languages[position] != "python":
        return None
    codes = (page.code(n) for n, each in enumerate(page.languages) if each == "python")
    if any(makes(each, missing.name, language="python") for each in codes):
        return None
    return left_out(page.code(position), missing)


def _named_gap(
    page: CoursePage, position: int, result: CodeValidationResult, missing: Missing
) -> CodeValidationResult:
    course = page.snippets[position]
    language, code = page.languages[position], page.code(position)
    is_name = missing.kind in _LACKING and _NAME.fullmatch(missing.name) is not None
    if language not in OWN_NAMES or not is_name or _is_suggested(missing.name, code, result):
        return result
    others = _others(page, position)
    has_no_table = language == "sql" and is_table(result)
    database = database_of(missing.name, [code, *others]) if has_no_table else None
    if database is not None:
        said = f"this looks like MySQL: {database} is a database of the page, and no schema"
        return not_runnable(result, said)
    is_in_prose = missing.name in course.named
    if language == "python" and missing.kind is MissingKind.NAME:
        is_in_prose |= is_readers_name(missing.name, code, others, page.site)
    if language in SCRIPTS and missing.name in page.site.instances:
        is_in_prose |= not has_unread_value(missing.name, code, language)
    gap = _gap(missing.name, code, others, language, is_in_prose=is_in_prose)
    is_absent = has_no_table and is_absent_table(missing.name, [code, *others])
    if gap is None and (is_absent or _has_no_tables(page, position, result, others)):
        gap = missing.name
    if gap is None:
        return result
    cure = _CURE if missing.kind is MissingKind.TABLE else ""
    reason = f"it needs {_LACKING[missing.kind]}{gap}, which no block of the page defines{cure}"
    return not_runnable(result, reason)


def _has_no_tables(
    page: CoursePage, position: int, result: CodeValidationResult, others: list[str]
) -> bool:
    """Return whether a block asks for tables, and nothing that may run before it makes any."""
    if page.languages[position] != "python" or page.is_set_up(position):
        return False
    return has_no_tables(result, [page.code(position), *others, page.site.doctests.code])


def _is_suggested(name: str, code: str, result: CodeValidationResult) -> bool:
    """Return whether the language has a better name; a base class is no misspelt `None`.

    Python suggests what is far from the name, too: of its own names, a slip of the pen counts. And
    it suggests `Box` for `box`, which is a thing of that class unless it is called.
    """
    found = _SUGGESTED.search(result.details)
    if found is None or found[1] in OWN_NAMES["python"] - {"None"}:
        return found is not None and is_misspelt(name, [found[1]])
    if found[1] != "None":
        return not _is_thing_of(name, found[1]) or f"{name}(" in code
    return not re.search(rf"\bclass \w+\([^)\n]*\b{name}\b|\b{name}\(", code)


def _is_thing_of(name: str, kind: str) -> bool:
    """Return whether a name is that of a class with a small letter, or its plural."""
    is_class = kind[:1].isupper() and name[:1].islower()
    return is_class and name in (f"{kind[0].lower()}{kind[1:]}{end}" for end in ("", "s", "es"))


def _others(page: CoursePage, position: int) -> list[str]:
    """Return the code of the page's other blocks in the same language."""
    languages, language = page.languages, page.languages[position]
    return [page.code(n) for n, each in enumerate(languages) if each == language and n != position]


def _gap(
    name: str, code: str, others: list[str], language: str, *, is_in_prose: bool
) -> str | None:
    """Return the name that the page lacks; None: it may be a mistake."""
    codes = [code, *others]
    known = words_of_page(codes, language)
    if name in imports_in_comments(code, language):
        return name
    if _is_made(name, code, others, language):
        return None
    if language in SCRIPTS and is_usual(name, others, language):
        return name
    if known is None:
        return None
    if name in FORGOTTEN_NAMES[language] and not is_value(name, codes, language):
        return _gap_beside(codes, others, known, language)
    if name in FORGOTTEN_NAMES[language]:
        is_gap = _is_said(name, others, language) and not is_misspelt(name, known)
    else:
        is_said = (
            is_in_prose
            or _stands_in(name, known, codes, language)
            or _is_said(name, others, language)
        )
        is_in_use = language == "python" and binds_inside(others, name)
        is_gap = is_said and _is_foreign(name, known, language, is_in_use=is_in_use)
    return name if is_gap else None


def _gap_beside(
    codes: list[str], others: list[str], known: frozenset[str], language: str
) -> str | None:
    """Return a class that the page lacks beside a name that an import would give."""
    classes = {found[0]: None for found in _CLASSES.finditer(bare_text(codes[0], language))}
    said = (each for each in classes if _is_said(each, others, language))
    return next((each for each in said if _is_gap(each, known, codes, language)), None)


def _is_made(name: str, code: str, others: list[str], language: str) -> bool:
    """Return whether a page makes a name; what a function of another block binds is its own."""
    if makes(code, name, language=language):
        return True
    makers = [each for each in others if makes(each, name, language=language)]
    if language != "python" or not makers:
        return bool(makers)
    is_given = any(reads_as_given(each, name) for each in others)
    return not is_given or any(makes_for_others(each, name) for each in makers)


def _stands_in(name: str, known: frozenset[str], codes: list[str], language: str) -> bool:
    """Return whether a name is one for the reader's, and none that nearly says what the page has.

    A page that makes `my_list` means its own things by `my`, and one with `items` may mean these.
    """
    if not is_stand_in(name):
        return False
    marks = marks_of(name)
    alike = (each for each in known if each != name and not marks.isdisjoint(marks_of(each)))
    names = [*things_of(name), *islice(alike, _MOST_ALIKE)]
    return not any(makes(code, each, language=language) for each in names for code in codes)


def _is_said(name: str, others: list[str], language: str) -> bool:
    """Return whether another block has the name: a slip of the pen is made once."""
    return any(name.rpartition(".")[2] in words_of(each, language) for each in others)


def _is_gap(name: str, known: frozenset[str], codes: list[str], language: str) -> bool:
    is_open = name not in FORGOTTEN_NAMES[language] | OWN_NAMES[language]
    is_made = any(makes(each, name, language=language) for each in codes)
    return is_open and not is_made and _is_foreign(name, known, language)


def _is_foreign(
    name: str, known: frozenset[str], language: str, *, is_in_use: bool = False
) -> bool:
    """Return whether a name is near to no other: nobody has misspelt it.

    One that other blocks have for things of their own is no misspelt import: `request`.
    """
    own = OWN_NAMES[language]
    folded = name.casefold()
    if len(name) < _SHORTEST or any(each.casefold() in (folded, folded[:-1]) for each in own):
        return False
    part = name.rpartition(".")[2]
    is_class = part[0].isupper()  # the capital of `Node` makes it no misspelt `code`, nor `None`
    imported = frozenset[str]() if is_in_use else FORGOTTEN_NAMES[language]
    words = (known | imported | own) - ({"None"} if is_class else set())
    return not is_misspelt(part, (each for each in words if each[0].isupper() == is_class))
