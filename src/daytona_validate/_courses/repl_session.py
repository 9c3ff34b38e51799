"""Sessions that a page shows with their prompts: `>>>` and `In [1]:`, `>` of Node, `db=#` of psql.

A session of Python becomes a program that runs it and prints its transcript: the session itself,
where what is shown agrees with what happened. So its output is compared as any other, and the first
line that differs has the number of the block's line. Of other sessions, what was typed is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from daytona_validate._models import CodeValidationResult, Outcome, Snippet
from daytona_validate._sandbox_files import contents


@dataclass(frozen=True, slots=True)
class _Prompts:
    """What a session's lines of input begin with; the rest of the line is their last group."""

    first: re.Pattern[str]
    more: re.Pattern[str]


_PYTHON = _Prompts(
    re.compile(r"[ \t]*(?:>>>(?: |$)|In ?\[[\d ]{0,9}\]: ?)(.*)"),
    re.compile(r"[ \t]*(?:\.\.\.(?: |$)|\.{3,9}: ?)(.*)"),
)
_NODE = _Prompts(re.compile(r"> (.*)"), re.compile(r"(?:\.\.\.|\|)(?: |$)(.*)"))
_PSQL = _Prompts(
    re.compile(r"(?:[\w.-]{1,63})?=[#>] (.*)"),
    re.compile(r"(?:[\w.-]{1,63})?[-('\"*][#>](?: |$)(.*)"),
)
_PROMPTS = {"python": _PYTHON, "javascript": _NODE, "typescript": _NODE, "sql": _PSQL}

_COMMENTS = ("#", "//", "--")
_LATER_PROMPT = re.compile(r"^(?:>>> |In ?\[[\d ]{0,9}\]: )", re.MULTILINE)
_ERROR = re.compile(
    r"[ \t]*(?:\w{1,80}\.){0,9}[A-Z]\w{0,80}(?:Error|Exception|Interrupt|Iteration|Exit)(?::|\s*$)"
)
_LINE = re.compile(r"(?:: line (\d+) of the output is | ends before line (\d+), )")
_SHELL = re.compile(r"[ \t]*\$ [A-Za-z./~][\w./~+-]*(?: +[^=(\s].*)?")
_MAGIC = re.compile(r"[ \t]*(?:(?:\w+\s*=\s*)?[%!]\s*\w.*|\w[\w.]*\?{1,2}\s*)")
_SESSION_FILE = "shown_session.txt"
_PROGRAM = f"__import__('shown_session').run(globals(), '{_SESSION_FILE}')\n"


def is_session(code: str, language: str) -> bool:
    """Whether code is a session: it begins with a prompt or, in Python, one follows at its margin.

    A prompt within a string, such as the text of a doctest, makes none.
    """
    prompts = _PROMPTS.get(language)
    if prompts is None:
        return False
    if prompts.first.match(_first_line(code)):
        return True
    found = _LATER_PROMPT.search(code) if prompts is _PYTHON else None
    before = code[: found.start()] if found else ""
    return found is not None and (before.count('"""') + before.count("'''")) % 2 == 0


def is_shell_session(code: str) -> bool:
    """Whether code begins with the prompt of a shell and a command, in any language."""
    return _SHELL.fullmatch(_first_line(code)) is not None


def as_program(snippet: Snippet) -> Snippet:
    """Return the program that runs a session; one of Python is compared with what it shows."""
    code = session_code(snippet.code, snippet.language)
    if snippet.language != "python":
        return replace(snippet, code=code)
    if any(map(_MAGIC.fullmatch, code.split("\n"))):
        return replace(snippet, not_runnable="a session with commands of a notebook or shell")
    text = _unix(snippet.code)
    files = {**snippet.files, **_driver(), _SESSION_FILE: text}
    return replace(snippet, code=_PROGRAM, files=files, expected_output=text, compare="lines")


def session_code(code: str, language: str) -> str:
    """Return what was typed in a session, without prompts and outputs; lines keep their numbers.

    Code before the first prompt stays. An input whose output is an error is left out: what comes
    after it runs all the same.
    """
    prompts = _PROMPTS[language]
    lines, began, is_input = _unix(code).split("\n"), None, False
    for number, line in enumerate(lines):
        first = prompts.first.match(line)
        more = prompts.more.match(line) if is_input and first is None else None
        typed = first or more
        if first is not None:
            began = number
        elif began is None or (is_input and more is None and _goes_on(lines[number - 1], line)):
            continue
        elif typed is None and _ERROR.match(line):
            lines[began:number] = [""] * (number - began)
        is_input = typed is not None
        lines[number] = typed[1] if typed else ""
    return "\n".join(lines)


def shown_session(snippet: Snippet) -> str | None:
    """Return the session that a snippet runs and is compared with; None: it runs none."""
    return snippet.expected_output if _SESSION_FILE in snippet.files else None


def with_shown_line(snippet: Snippet, result: CodeValidationResult) -> CodeValidationResult:
    """Return the result of a session with the line whose output is another than it shows."""
    is_compared = result.outcome is Outcome.WRONG_OUTPUT and shown_session(snippet) is not None
    found = _LINE.search(result.details) if is_compared else None
    return result if found is None else replace(result, error_line=int(found[1] or found[2]))


def _goes_on(before: str, line: str) -> bool:
    """Return whether a line without a prompt is more of the input in the line before it."""
    is_open = before.rstrip().endswith((":", "(", "[", "{", ",", "\\"))
    return line[:1] in (" ", "\t") and (is_open or before[:1] in (" ", "\t"))


def _first_line(code: str) -> str:
    """Return the first line with code in it."""
    return next((line for line in code.splitlines() if line.strip() and not _is_comment(line)), "")


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(_COMMENTS)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


@cache
def _driver() -> dict[str, bytes]:
    return {name: text for name, text in contents("sessions").items() if name.endswith(".py")}
