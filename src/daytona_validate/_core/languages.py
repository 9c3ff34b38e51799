"""The table of languages: everything that is particular to one stands in its record.

To add a language, add a record. Nothing else in the package names one.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from daytona_validate._core import javascript_errors, python_errors
from daytona_validate._core.error_style import Diagnose, Diagnosis, last_line
from daytona_validate._core.python_fragment import python_fragment
from daytona_validate._core.python_modules import PYTHON_MODULES
from daytona_validate._models import Stage


@dataclass(frozen=True, slots=True)
class Command:
    """One process on behalf of a snippet, found on the sandbox's PATH."""

    stage: Stage
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its names, its files, its commands and the way its errors read."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Suffixes of source files, with the dot."""
    image: str
    """The container image that defines its reference version; its tag is as precise as meant."""
    pulled_as: str = ""
    """The image's name in the registry, where that is another one than `image`."""
    entry_file: str
    toolchain: str
    """The local toolchain that holds its commands."""
    steps: tuple[Command, ...]
    """Run one after the other in one sandbox, each only if the one before it ended well. The
    last is the program: it gets stdin and the snippet's own arguments. What a step leaves
    running lives until the last has ended, so that a step of `Stage.SETUP` may start a server.
    """
    check: tuple[Command, ...] = ()
    """The same for checking without running; empty where that cannot be had."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    reserved_mib: int = 0
    """Memory in MiB that the runtime reserves and mostly leaves alone. Where no cgroup counts
    what is used, a process is bounded by what it reserves, and may reserve that much more."""
    diagnose: Diagnose = last_line
    """Reads what its runtime or compiler wrote when a program failed."""
    fragment: Callable[[str, Diagnosis], str | None] | None = None
    """From code and diagnosis of a rejected program: what it is instead of one, or None."""
    standard_modules: frozenset[str] = frozenset()
    """Modules that are never a missing dependency."""


PYTHON = Language(
    name="python",
    title="Python",
    aliases=("py", "python3", "py3"),
    suffixes=(".py",),
    image="python:3.11",
    entry_file="main.py",
    toolchain="python",
    # -s: no user site. Not -I, which would ignore PYTHONPATH and hide the snippet's own files.
    steps=(Command(Stage.RUN, ("python3", "-s", "main.py")),),
    check=(Command(Stage.CHECK, ("python3", "-s", "-m", "py_compile", "main.py")),),
    environment={
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",  # what was printed before a time limit is kept
        "PYTHONDONTWRITEBYTECODE": "1",
    },
    diagnose=python_errors.diagnose,
    fragment=python_fragment,
    standard_modules=PYTHON_MODULES,
)

JAVASCRIPT = Language(
    name="javascript",
    title="JavaScript",
    aliases=("js", "node", "nodejs", "mjs", "cjs"),
    suffixes=(".js", ".mjs", ".cjs"),
    image="node:18",
    entry_file="index.js",
    toolchain="node",
    steps=(Command(Stage.RUN, ("node", "index.js")),),
    check=(Command(Stage.CHECK, ("node", "--check", "index.js")),),
    environment={"NODE_NO_WARNINGS": "1"},
    reserved_mib=512,  # V8's range for compiled code on x64 (Node 24)
    diagnose=javascript_errors.diagnose,
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
