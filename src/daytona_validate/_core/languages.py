"""The table of languages: everything that is particular to one stands in its record.

To add a language, add a record. Nothing else in the package names one.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorStyle:
    """How a language's own messages are read. Each pattern is applied to decoded stderr."""

    telling: tuple[re.Pattern[str], ...] = ()
    """Tried in order; the last match of the first that matches is the line for people."""
    line: re.Pattern[str] | None = None
    """Group 1 is a line number in the entry file; the last match counts."""
    rejected: re.Pattern[str] | None = None
    """Matches if the runtime refused the program before running any of it."""
    missing_module: re.Pattern[str] | None = None
    """Group 1 is the module that the uncaught error, at the end of stderr, did not find."""
    out_of_memory: re.Pattern[str] | None = None
    """Matches if the runtime itself ended for want of memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its names, its files, its commands and the way its errors read."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Suffixes of source files, with the dot."""
    image: str
    """The container image that defines its reference version."""
    entry_file: str
    toolchain: str
    """The local toolchain that holds its commands."""
    run: tuple[str, ...]
    """Argv of the program, found on the sandbox's PATH; the snippet's own arguments follow."""
    compile: tuple[str, ...] = ()
    """Argv of the compiler; empty where there is none."""
    check: tuple[str, ...] = ()
    """Argv that checks without running; empty where there is none."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: ErrorStyle = ErrorStyle()
    fragment: Callable[[str, str], str | None] | None = None
    """From code and diagnostics of a rejected program: why it was never meant as one, or None."""
    standard_modules: frozenset[str] = frozenset()
    """Modules that are never a missing dependency."""


_NOTEBOOK_LINE = re.compile(r"^\s*(?:[%!]{1,2}\s*\w|\?{1,2}\w|\w[\w.]*\?{1,2}\s*$)")
_SESSION_LINE = re.compile(r"^\s*(?:>>>|In \[\d+\]:)(?:\s|$)")


def _python_fragment(code: str, diagnostics: str) -> str | None:
    """Judge by the very line that Python rejected, so that no real mistake is excused."""
    numbers = _PYTHON_LINE.findall(diagnostics)
    lines = code.splitlines()
    if not numbers or not 0 < int(numbers[-1]) <= len(lines):
        return None
    line = lines[int(numbers[-1]) - 1]
    if _SESSION_LINE.match(line):
        return "an interactive session, not a program"
    if _NOTEBOOK_LINE.match(line):
        return "a notebook magic or shell line"
    return None


_PYTHON_LINE = re.compile(r'^  File "[^"\n]*main\.py", line (\d+)', re.MULTILINE)
_PYTHON_ERROR = r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Group|Iteration)\b.*$"

PYTHON = Language(
    name="python",
    title="Python",
    aliases=("py", "python3", "py3"),
    suffixes=(".py",),
    image="python:3.11",
    entry_file="main.py",
    toolchain="python",
    # -s: no user site. Not -I, which would ignore PYTHONPATH and hide the snippet's own files.
    run=("python3", "-s", "main.py"),
    check=("python3", "-s", "-m", "py_compile", "main.py"),
    environment={
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",  # what was printed before a time limit is kept
        "PYTHONDONTWRITEBYTECODE": "1",
    },
    errors=ErrorStyle(
        telling=(re.compile(_PYTHON_ERROR, re.MULTILINE), re.compile(r"^\S.*:.*$", re.MULTILINE)),
        line=_PYTHON_LINE,
        rejected=re.compile(
            r'\A  File "[^"\n]*main\.py", line \d+\n(?:.*\n)*?(?:Syntax|Indentation|Tab)Error\b'
            r"|\ASyntaxError: "
        ),
        missing_module=re.compile(
            r"^ModuleNotFoundError: No module named '([^'\n]+)'\s*\Z", re.MULTILINE
        ),
        out_of_memory=re.compile(r"^MemoryError\b", re.MULTILINE),
    ),
    fragment=_python_fragment,
    standard_modules=frozenset(sys.stdlib_module_names),
)

JAVASCRIPT = Language(
    name="javascript",
    title="JavaScript",
    aliases=("js", "node", "nodejs", "mjs", "cjs"),
    suffixes=(".js", ".mjs", ".cjs"),
    image="node:18",
    entry_file="index.js",
    toolchain="node",
    run=("node", "index.js"),
    check=("node", "--check", "index.js"),
    environment={"NODE_NO_WARNINGS": "1"},
    errors=ErrorStyle(
        telling=(
            re.compile(r"^(?:Uncaught )?[A-Za-z_$][\w$.]*(?:Error|Exception)\b.*$", re.MULTILINE),
            re.compile(r"^FATAL ERROR: .*$", re.MULTILINE),
        ),
        line=re.compile(r"\bindex\.js:(\d+)"),
        rejected=re.compile(r"\A(?:file://)?/[^\n]*index\.js:\d+\n(?:.*\n)*?SyntaxError: "),
        missing_module=re.compile(
            r"^(?:Error|Error \[ERR_MODULE_NOT_FOUND\]): "
            r"Cannot find (?:module|package) '([^'\n./][^'\n]*)'"
            r"(?:.*\n)*?.*\n*Node\.js v[\d.]+\s*\Z",
            re.MULTILINE,
        ),
        out_of_memory=re.compile(r"^FATAL ERROR: .*heap out of memory", re.MULTILINE),
    ),
)

LANGUAGES: dict[str, Language] = {language.name: language for language in (PYTHON, JAVASCRIPT)}


def find_language(name: str) -> Language | None:
    """Return the language of a name or alias in any letter case, or None."""
    wanted = name.strip().lower()
    known = LANGUAGES.get(wanted)
    if known is not None:
        return known
    return next((each for each in LANGUAGES.values() if wanted in each.aliases), None)


def nearest_name(name: str) -> str | None:
    """Return the known name or alias most like a mistyped one, or None if none is near."""
    names = [n for each in LANGUAGES.values() for n in (each.name, *each.aliases)]
    near = difflib.get_close_matches(name.strip().lower(), names, n=1)
    return near[0] if near else None
