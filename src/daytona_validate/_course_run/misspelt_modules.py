"""Imports on a page that nothing is to be installed for: their names are nearly known ones.

A module that is nearly one of Python's own, a file of the page or the package that its site is of
is misspelt. Known packages of such names, the one that the site is of, and modules of Python's own
that its sandbox was built without, are not.
"""

from __future__ import annotations

import sys

from daytona_validate._core.details import cause, failure_details
from daytona_validate._core.fragments.near_names import is_misspelt
from daytona_validate._core.results import rejudged
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome

_ADVICE = "; to install it: "
_SHORTEST = 6
"""Letters of Python's own modules that count: many packages are nearly `json` or `copy`."""
_OWN = frozenset(
    each for each in sys.stdlib_module_names if len(each) >= _SHORTEST and not each.startswith("_")
)
_PACKAGES = frozenset(
    """
    arnparse asgiref base64io cdifflib curies docket geotext harfile hickle icalendar importlab
    jdatetime locket mocket ntplib pathlib3x pickley pipfile platformio polib pprintpp rarfile
    sickle signalfx socketio tokenizers xdoctest zthreading
    """.split()  # noqa: SIM905 - a table of words
)
"""That have nearly the name of one of Python's own modules, of the most downloaded 15,000."""
_NEVER_SLIPS = _PACKAGES | sys.stdlib_module_names


def as_misspelt_module(
    page: CoursePage, position: int, result: CodeValidationResult
) -> CodeValidationResult:
    """Return a block's result; its own failure if it imports what is nearly another module.

    Args:
        page: Its page.
        position: Its place there.
        result: Its last, settled one.
    """
    course, missing = page.snippets[position], result.missing
    is_asked = result.outcome is Outcome.MISSING_DEPENDENCY and course.snippet.is_block
    if not is_asked or missing is None or missing.kind is not MissingKind.MODULE:
        return result
    language, name = page.languages[position], missing.name.partition(".")[0]
    documented = page.site.imports.get(language)
    is_known = name in _NEVER_SLIPS or (documented is not None and name == documented.module)
    own = frozenset[str]() if is_known or language != "python" else _OWN
    if not is_misspelt(name, own | _of_page(page, language)):
        return result
    said = cause(result.details).partition(_ADVICE)[0]
    return rejudged(result, Outcome.RUNTIME_ERROR, failure_details(said))


def _of_page(page: CoursePage, language: str) -> frozenset[str]:
    """Return the modules of a page's own files, and the package that its site is of."""
    titles = filter(None, (each.marks.file for each in page.snippets))
    stems = {each.rpartition("/")[2].partition(".")[0] for each in titles}
    imports = page.site.imports.get(language)
    module = {imports.module} if imports is not None and imports.is_named else set[str]()
    return frozenset(stems | module)
