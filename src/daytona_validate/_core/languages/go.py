"""Go's record in the table of languages, and Go that was never meant as a program."""

from __future__ import annotations

import difflib
import re

from daytona_validate._core.languages import go_errors
from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.go_imports import go_imports
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import GO_MISSING
from daytona_validate._models import Stage

_NO_PACKAGE = re.compile(r"expected 'package', found (.{1,40})")
_COMMENT = re.compile(r"\s+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/")
_DECLARATION = re.compile(r"(?:func|import|type|var|const)\b")
_STATEMENT = re.compile(
    r"(?:if|for|switch|select|defer|return|case|default)\b|go\s+(?:func\b|[\w.]+\()|\{"
    # An expression that is called, assigned or taken apart; words beside one another are prose.
    r"|[*&]?[\w.]+[ \t]*(?:\(|\[|\{|:?=|,[ \t]*\w|<-|\+\+|--|[-+*/%&|^]=)|<-\s*\w|\[\]"
)
_LIKE_PACKAGE = 0.7
_COMPILE = ("sh", "/opt/go-snippet/compile", "main.go", "{memory_mib}")
_STEPS = (
    Command(Stage.COMPILE, _COMPILE),
    Command(Stage.RUN, ("/tmp/go-build/exe/main",)),  # noqa: S108 - in the sandbox
)


def go_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what a rejected program is, if it has no `package` clause and starts as Go, else None.

    A misspelt `package` is a mistake, and so is text that is no Go at all.
    """
    found = _NO_PACKAGE.match(diagnosis.message)
    if found is None or difflib.SequenceMatcher(None, found[1], "package").ratio() > _LIKE_PACKAGE:
        return None
    start = 0
    while (comment := _COMMENT.match(code, start)) is not None:
        start = comment.end()
    if start == len(code) or _DECLARATION.match(code, start) or _STATEMENT.match(code, start):
        return "no package clause"
    return None


GO = Language(
    name="go",
    title="Go",
    aliases=("golang",),
    suffixes=(".go",),
    image="golang:1.21",
    entry_file="main.go",
    toolchain="go",
    parts=go_imports,
    steps=_STEPS,
    end_steps=_STEPS,  # the compile step is told by the secret
    own_ending=re.compile(r"^func[ \t]+TestMain[ \t]*\(", re.MULTILINE),
    # What is missing at linking, such as a main function, is a mistake too.
    check=(Command(Stage.CHECK, _COMPILE),),
    diagnose=go_errors.diagnose,
    missing_patterns=GO_MISSING,
    fragment=go_fragment,
)
