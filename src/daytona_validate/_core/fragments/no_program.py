"""Recognizers of blocks that are no programs, by the error that their language met them with.

They err towards a mistake of the author's: what is nearly a program is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from daytona_validate._core.fragments.chain_links import (
    annotations_alone,
    chain_link,
    decorators_alone,
)
from daytona_validate._core.fragments.code_text import code_line
from daytona_validate._core.fragments.go_fragments import NO_MAIN, NOT_MAIN
from daytona_validate._core.fragments.go_parts import go_part
from daytona_validate._core.fragments.jsx import jsx
from daytona_validate._core.fragments.near_main import nearly_main
from daytona_validate._core.fragments.placeholders import placeholder
from daytona_validate._core.fragments.python_signs import (
    function_body,
    later_branch,
    method_body,
    python_2,
    unfinished,
)
from daytona_validate._core.fragments.reader_gives import (
    blank,
    given_argument,
    set_variable,
    typed_input,
)
from daytona_validate._core.fragments.script_signs import (
    for_test_runner,
    given_option,
    module_loader,
    relative_address,
    type_alone,
    typescript,
    typescript_body,
)
from daytona_validate._core.fragments.signatures import script_signatures, signatures
from daytona_validate._core.fragments.sql_dialects import other_dialect
from daytona_validate._core.fragments.sql_expressions import procedure_body, sql_expression
from daytona_validate._core.fragments.terminal_needs import (
    asks_a_person,
    lacks_arguments,
    needs_terminal,
)
from daytona_validate._core.fragments.texts_of_other_kinds import is_synopsis, other_text
from daytona_validate._core.fragments.two_in_one import alternatives, two_files, two_kinds
from daytona_validate._core.fragments.typescript_options import less_strict
from daytona_validate._models import CodeValidationResult, Outcome, Snippet

_WORD = re.compile(r"[^\W\d]\w*")
_HEADER = re.compile(r"\s*(?:async )?(?:def|class) .*:\s*$")
_BODY = re.compile(r"[ \t]+\S")
_NO_JAVA_MAIN = "Main method not found in class "


def no_program(snippet: Snippet, result: CodeValidationResult) -> str | None:
    """Return why a block of a page that failed is no program; None: it is one, with a mistake.

    Args:
        snippet: The block; anything but a block of a page is a program.
        result: Of the block alone. Only what compilers and runtimes refuse is looked at.
    """
    is_asked = snippet.is_block and result.outcome in (Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR)
    if not is_asked:
        return None
    recognizers = _RECOGNIZERS.get(result.language, ())
    reasons = (recognize(snippet.code, result) for recognize in recognizers)
    return next((reason for reason in reasons if reason is not None), None)


def _go_library(code: str, result: CodeValidationResult) -> str | None:
    """Return what a package is that compiles and has no main function."""
    said = (result.error or "").strip().rpartition("\n")[2]
    if said == NOT_MAIN:
        return "it compiles; it is a library package"
    if said.endswith(NO_MAIN) and nearly_main(code, "go") is None:
        return "it compiles; it has no func main"
    return None


def _java_without_main(code: str, result: CodeValidationResult) -> str | None:
    """Return what a class is that compiles and cannot be started."""
    cause = result.details.partition(": ")[2]
    is_lacking = result.outcome is Outcome.RUNTIME_ERROR and cause.startswith(_NO_JAVA_MAIN)
    if not is_lacking or "main" in _WORD.findall(code) or nearly_main(code, "java") is not None:
        return None
    return "it compiles; it has no main"


def _optional_arguments(code: str, result: CodeValidationResult) -> str | None:
    """Return what a line of the error is that has optional arguments in brackets."""
    lines = code.split("\n")
    line = code_line(lines, result.error_line)
    below = code_line(lines, (result.error_line or 0) + 1)
    has_body = _HEADER.match(line) is not None and _BODY.match(below) is not None
    if has_body or not is_synopsis(line):
        return None
    return "a signature, with optional arguments in brackets"


def _other_text(code: str, result: CodeValidationResult) -> str | None:
    is_refused = result.outcome is Outcome.COMPILE_ERROR or "syntax error" in result.details
    return other_text(code, result.language) if is_refused else None


Recognize = Callable[[str, CodeValidationResult], str | None]
_ANY: tuple[Recognize, ...] = (_other_text, placeholder)
_SCRIPT: tuple[Recognize, ...] = (
    *(*_ANY, jsx, _optional_arguments, chain_link, script_signatures),
    *(alternatives, two_files, two_kinds, given_option, for_test_runner, module_loader),
    relative_address,
)
_RECOGNIZERS: dict[str, tuple[Recognize, ...]] = {
    "python": (
        *_ANY,
        *(_optional_arguments, function_body, method_body, later_branch, unfinished),
        python_2,
        *(signatures, decorators_alone, chain_link),
        *(typed_input, given_argument, set_variable, blank),
        *(asks_a_person, lacks_arguments, needs_terminal),
    ),
    "javascript": (*_SCRIPT, typescript),
    "typescript": (*_SCRIPT, less_strict, typescript_body, type_alone),
    "go": (_go_library, *_ANY, signatures, go_part),
    "java": (_java_without_main, *_ANY, signatures, chain_link, annotations_alone),
    "sql": (*_ANY, other_dialect, sql_expression, procedure_body),
}
