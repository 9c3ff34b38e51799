"""Sessions that a page shows with their prompts: `>>>` and `In [1]:`, `>` of Node, `db=#` of psql.

A session of Python becomes a program that runs it and prints its transcript: the session itself,
where what is shown agrees with what happened. So its output is compared as any other, and the first
line that differs has the number of the block's line. Of other sessions, what was typed is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from daytona_validate._core.shown_node import NODE_ERROR
from daytona_validate._core.shown_session import LANGUAGES, ShownInput, ShownSession
from daytona_validate._models import Snippet
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
    r"[ \t]*(?:Uncaught:? )?(?:\w{1,80}\.){0,9}[A-Z]\w{0,80}"
    r"(?:Error|Exception|Interrupt|Iteration|Exit)(?::|\s*$)|ERROR: "
)
_SHELL = re.compile(r"[ \t]*\$ [A-Za-z./~][\w./~+-]*(?: +[^=(\s].*)?")
_MAGIC = re.compile(r"[ \t]*(?:(?:\w+\s*=\s*)?[%!]\s*\w.*|\w[\w.]*\?{1,2}\s*)")
_SESSION_FILE = "shown_session.txt"
_NODE_FILE = "shown_session.json"
_NODE_PROGRAM = f"require('./shown_session.cjs').run('{_NODE_FILE}', __filename, require)\n"
_ECHO = "\\set ECHO all \\\\ \\set QUIET off \\\\ "
"""Makes psql write a transcript, as at a prompt. On the first line: all keep their numbers."""
_COMMAND = re.compile(r"\s*\.[a-z]+\b")
"""Of Node's prompt itself, such as `.exit`."""
_MODULE = re.compile(r"^[ \t]*(?:import|export)\b|\bawait\b", re.MULTILINE)
"""What only a prompt of Node's takes, or only a module."""
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
    if snippet.language == "sql":
        return replace(snippet, code=_ECHO + code)
    if snippet.language != "python":
        inputs = shown_inputs(snippet.code, snippet.language)
        is_prompt = snippet.language in LANGUAGES and not _MODULE.search(code)
        return _node_session(snippet, inputs) if is_prompt else replace(snippet, code=code)
    if any(map(_MAGIC.fullmatch, code.split("\n"))):
        return replace(snippet, not_runnable="a session with commands of a notebook or shell")
    text = _unix(snippet.code)
    files = {**snippet.files, **_driver(".py"), _SESSION_FILE: text}
    return replace(snippet, code=_PROGRAM, files=files, expected_output=text, compare="lines")


def _node_session(snippet: Snippet, inputs: tuple[ShownInput, ...]) -> Snippet:
    said = [
        {
            "line": each.line - len(each.typed),
            "typed": each.typed,
            "raises": any(map(NODE_ERROR.match, each.shown[:1])),
        }
        for each in inputs
    ]
    files = {**snippet.files, **_driver(".cjs"), _NODE_FILE: json.dumps(said)}
    return replace(snippet, code=_NODE_PROGRAM, files=files)


def compared_session(snippet: Snippet, code: str) -> ShownSession | None:
    """Return a session as it is compared with its transcript; None: it makes none, or another.

    Args:
        snippet: The program that runs it.
        code: As the page has it.
    """
    if _NODE_FILE not in snippet.files and not snippet.code.startswith(_ECHO):
        return None
    first = session_code(code, snippet.language).split("\n")[0]
    untold = first if snippet.language == "sql" else ""
    return ShownSession(snippet.language, shown_inputs(code, snippet.language), untold)


def shown_inputs(code: str, language: str) -> tuple[ShownInput, ...]:
    """Return the inputs of a session, each with the output that is shown after it.

    What is not run is left out: of psql what ends in an error, and what Node's prompt itself obeys.
    """
    prompts = _PROMPTS[language]
    lines, typed = _unix(code).split("\n"), session_code(code, language).split("\n")
    found: list[ShownInput] = []
    now: list[str] = []
    shown: list[str] = []
    line = 0
    for number, text in enumerate([*lines, None]):
        first = None if text is None else prompts.first.match(text)
        if first or text is None:
            is_left_out = language == "sql" and not typed[line - len(now) - 1].strip()
            if now and not is_left_out and not _COMMAND.match(now[0]):
                found.append(ShownInput(line, tuple(now), _without_end(shown)))
            now, shown, line = [first[1]] if first else [], [], number + 2
        elif now and not shown and (more := _continued(text, prompts, typed[number])) is not None:
            now.append(more)
            line = number + 2
        elif now:
            shown.append(text)
    return tuple(found)


def _continued(text: str, prompts: _Prompts, typed: str) -> str | None:
    """Return what a line adds to an input above it; None: it is no part of one."""
    more = prompts.more.match(text)
    if more is not None:
        return more[1]
    return text if text.strip() and typed == text else None


def reads_as_output(lines: Sequence[str], language: str) -> bool:
    """Return whether lines after an input are its output, and none of them is another input."""
    prompts = _PROMPTS[language]
    patterns = (prompts.first, prompts.more, _ERROR)
    return not any(pattern.match(line) for pattern in patterns for line in lines)


def _without_end(lines: list[str]) -> tuple[str, ...]:
    """Return lines without blank ones at their end."""
    count = max((n for n, line in enumerate(lines, 1) if line.strip()), default=0)
    return tuple(lines[:count])


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
        elif began is None:
            continue
        elif is_input and more is None and language != "sql" and _goes_on(lines[number - 1], line):
            continue  # psql has a prompt for each line, and a space before each row
        elif typed is None and _ERROR.match(line):
            lines[began:number] = [""] * (number - began)
        is_input = typed is not None
        lines[number] = typed[1] if typed else ""
    return "\n".join(lines)


def shown_session(snippet: Snippet) -> str | None:
    """Return the session that a snippet runs and is compared with; None: it runs none."""
    return snippet.expected_output if _SESSION_FILE in snippet.files else None


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
def _driver(suffix: str) -> dict[str, bytes]:
    return {name: text for name, text in contents("sessions").items() if name.endswith(suffix)}
