"""Names that the pages of a site define: a reader who came to another page knows them.

No text is parsed here: a line of code that defines a name looks the same at any depth, and a page
of prose has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_MOST_CHARACTERS = 200_000
"""Of a page that are looked at."""
_MOST_NAMES = 20_000
_PROMPT = r"(?:(?:>>>|\.\.\.|In ?\[\d{0,5}\]:) ?)?"
_DEFINES = re.compile(
    rf"^[ \t]{{0,40}}{_PROMPT}"
    r"(?:(?:class|(?:async[ \t]{1,9})?def)[ \t]{1,9}([^\W\d]\w{0,80})[(:\[]"
    r"|([^\W\d]\w{0,80})(?:[ \t]{0,9}:[^=\n]{1,80})?[ \t]{1,9}=[ \t])",
    re.MULTILINE,
)
"""An argument by name has no spaces around its `=`."""
_PARAMETERS = re.compile(r"\bdef[ \t]{1,9}\w{1,80}\(([^()]{1,300})\)")
_PARAMETER = re.compile(r"(?:^|,)\s{0,100}([^\W\d]\w{0,80})(?=\s{0,9}(?:[:=,]|$))")
_DOCUMENTS = re.compile(
    r"^[ \t]{0,40}\.\.[ \t]{1,9}(?:py:)?(?:auto)?(?:class|function|data|exception|decorator)::"
    r"[ \t]{1,9}(?:\w{1,80}\.){0,9}(\w{1,80})",
    re.MULTILINE,
)


def names_of_pages(pages: Iterable[str]) -> Counter[str]:
    """Return how many pages define each name, in what looks like Python.

    A parameter counts, as pages show the bodies of functions that they have elsewhere. One that
    documents a name, as Sphinx does, counts for two.

    Args:
        pages: Their texts.
    """
    found = Counter[str]()
    for page in pages:
        text = page[:_MOST_CHARACTERS]
        defined = (one or other for one, other in _DEFINES.findall(text))
        headers = _PARAMETERS.findall(text)
        parameters = (name for each in headers for name in _PARAMETER.findall(each))
        documented = {*_DOCUMENTS.findall(text)}
        found.update({*defined, *parameters, *documented})
        found.update(documented)
        if len(found) > _MOST_NAMES:
            break
    return found
