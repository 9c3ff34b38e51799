"""Intake: a snippet becomes a job with everything resolved, or a refusal that says what to change.

A wrong snippet is a value, not an exception: one bad record among thousands becomes one result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields

from daytona_validate._core.comparison import ACCEPTED, comparison
from daytona_validate._core.details import fragment_details, invalid_details, skipped_details
from daytona_validate._core.field_types import type_problems
from daytona_validate._core.includes import includes_of
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES, find_language, nearest_name
from daytona_validate._core.limits import effective_limits
from daytona_validate._core.printable import one_line
from daytona_validate._core.reached_end import FILE, is_asked
from daytona_validate._core.session_end import SEAL_FILE, SESSION_FILE, with_secrets
from daytona_validate._core.sessions import (
    FILE_PREFIX,
    MOST_EARLIER,
    is_in_session,
    session_limits,
)
from daytona_validate._core.source_text import work_files
from daytona_validate._models import Limits, Outcome, SandboxSpec, Snippet

MAX_FILES = 100
MAX_INPUT_BYTES = 16 * 1024 * 1024
"""Bytes of stdin, arguments, earlier code and all files together: they travel with every run."""
MAX_QUANTITY = 1_000_000_000
"""Of any limit, in its own unit: far beyond it the kernel's counters overflow."""
_MAX_PART_BYTES = 255  # of one part of a path, on every file system that Linux has
_MAX_PATH_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rejection: why a snippet is not run."""

    outcome: Outcome
    details: str
    """One line: what is wrong, with what, and what to do."""
    language: str
    """The language's name in the table; what the snippet calls it if it is unknown."""


@dataclass(frozen=True, slots=True)
class Job:
    """Resolved snippet: it can be run, and nothing of it is looked up again."""

    snippet: Snippet
    language: Language
    limits: Limits
    """Those that the snippet runs under."""
    packages: tuple[str, ...] = ()
    """Third-party packages that must be importable."""

    def spec(self) -> SandboxSpec:
        """Return what a sandbox must offer for it."""
        limits = self.limits
        if is_in_session(self.snippet, self.language):
            limits = session_limits(limits)
        parts = self.language.parts
        return SandboxSpec(
            language=self.language.name,
            limits=limits,
            packages=self.packages,
            parts=None if parts is None else parts(work_files(self.snippet, self.language)),
        )


def intake(
    snippet: Snippet,
    *,
    limits: Limits,
    timeouts_s: Mapping[str, float],
    packages: Mapping[str, tuple[str, ...]],
    max_code_bytes: int,
    new_secret: Callable[[], str] = lambda: "",
) -> Job | Refusal:
    """Return what is to be run of a snippet, or why it cannot be run as given.

    Args:
        snippet: Anything that a caller or a file handed in.
        limits: The validator's, for snippets without their own.
        timeouts_s: Time limits of programs, in seconds in which they could run, by a language's
            name in the table.
        packages: Third-party packages, by a language's name in the table.
        max_code_bytes: Size of the code, encoded as UTF-8, up to which it is taken.
        new_secret: Makes that of its run, for a snippet that must reach its end, or is in a
            session; asked for no other. "" is none.
    """
    for problem in type_problems(snippet):
        return _invalid(problem, named_language(snippet))
    language = find_language(snippet.language)
    name = snippet.language if language is None else language.name
    if language is None or snippet.skip is not None:
        return _untried(snippet, name)
    if snippet.unreadable is not None:
        return _invalid(snippet.unreadable, name)
    no_program = snippet.not_runnable or _no_program(snippet, language)
    if no_program is not None:
        return Refusal(Outcome.NOT_RUNNABLE, fragment_details(no_program), name)
    for problem in _problems(snippet, language, max_code_bytes):
        return _invalid(problem, name)
    own = effective_limits(snippet, default=limits, language_timeout_s=timeouts_s.get(name))
    to_run = with_secrets(snippet, new_secret, is_session=is_in_session(snippet, language))
    return Job(to_run, language, own, tuple(packages.get(name, ())))


def named_language(snippet: Snippet) -> str:
    """Return what a snippet calls its language; "" if that is no text."""
    language: object = snippet.language
    return language if isinstance(language, str) else ""


def _invalid(problem: str, language: str) -> Refusal:
    return Refusal(Outcome.INVALID_SNIPPET, invalid_details(problem), language)


def _untried(snippet: Snippet, language: str) -> Refusal:
    """Return why a snippet is left out, or has no language that is known."""
    if snippet.skip is not None:
        return Refusal(Outcome.SKIPPED, skipped_details(snippet.skip), language)
    if snippet.unreadable is not None:
        return _invalid(snippet.unreadable, language)
    return Refusal(Outcome.UNSUPPORTED_LANGUAGE, _language_problem(language), language)


def _no_program(snippet: Snippet, language: Language) -> str | None:
    if snippet.check_only and not language.check:
        return f"{language.title} cannot be checked without running it"
    includes = includes_of(snippet.code) if snippet.is_block else ()
    names = ", ".join(include.path for include in includes)
    return f"the block only includes {names}" if includes else None


def _language_problem(name: str) -> str:
    known = f"known are {', '.join(LANGUAGES)}"
    if not name.strip():
        return f"No language is given; {known}"
    near = nearest_name(name[:100])
    question = "" if near is None else f": did you mean '{near}'?"
    return one_line(f"Unknown language '{one_line(name, 60)}'{question} ({known})")


def _problems(snippet: Snippet, language: Language, max_code_bytes: int) -> Iterator[str]:
    """Yield what is wrong; each check may rely on those before it."""
    yield from _text_problems(snippet.code, max_code_bytes)
    if snippet.source is not None and len(snippet.source) > max_code_bytes:
        yield _too_long(max_code_bytes)
    yield from _input_problems(snippet)
    yield from _file_problems(snippet, language.entry_file)
    if snippet.earlier:
        yield from _session_problems(snippet, language)
    yield from _end_problems(snippet, language)
    yield from _size_problems(snippet)
    yield from _limit_problems(snippet)
    if comparison(snippet.compare) is None:
        yield f"compare is {one_line(repr(snippet.compare), 60)}: it must be {ACCEPTED}"


def _text_problems(code: str, max_code_bytes: int) -> Iterator[str]:
    if not code.strip():
        yield "the code is empty"
    # A text has at least as many bytes as characters: what is far too long is not encoded.
    if len(code) > max_code_bytes or _is_longer(code, max_code_bytes):
        yield _too_long(max_code_bytes)
    if (line := _line_of_surrogate(code)) is not None:
        yield f"line {line} of the code has half of a surrogate pair: remove it"
    if (position := code.find("\0")) >= 0:
        line = code.count("\n", 0, position) + 1
        yield f"line {line} of the code has a NUL character: remove it"


def _too_long(max_code_bytes: int) -> str:
    return f"the code has more than {max_code_bytes} bytes: shorten it or raise max_code_kib"


def _is_longer(text: str, limit_bytes: int) -> bool:
    return len(text.encode(errors="surrogatepass")) > limit_bytes


def _line_of_surrogate(text: str) -> int | None:
    """Return the 1-based line of the first lone surrogate, which no encoding has; or None."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text.count("\n", 0, error.start) + 1
    return None


def _input_problems(snippet: Snippet) -> Iterator[str]:
    if _line_of_surrogate(snippet.stdin) is not None:
        yield "stdin has half of a surrogate pair: remove it"
    for number, arg in enumerate(snippet.args, 1):
        if "\0" in arg or _line_of_surrogate(arg) is not None:
            yield f"argument {number} has a NUL character or half of a surrogate pair: remove it"


def _file_problems(snippet: Snippet, entry_file: str) -> Iterator[str]:
    if len(snippet.files) > MAX_FILES:
        yield f"the snippet has {len(snippet.files)} files: at most {MAX_FILES} are accepted"
    for path, content in snippet.files.items():
        for problem in _name_problems(path, entry_file, snippet.files.keys()):
            yield f"the file name '{one_line(path, 80)}' {problem}"
        if isinstance(content, str) and _line_of_surrogate(content) is not None:
            yield f"the file '{one_line(path, 80)}' has half of a surrogate pair: give its bytes"


def _name_problems(path: str, entry_file: str, paths: Collection[str]) -> Iterator[str]:
    """Yield why the path of a further file does not stay in the work folder, as ends of a sentence.

    Args:
        path: The name, with `/` between its parts.
        entry_file: Where the code itself goes.
        paths: The names of all files, this one included.
    """
    encoded = path.encode(errors="surrogatepass")
    if "\0" in path or encoded.decode(errors="ignore") != path:
        yield "has a NUL character or half of a surrogate pair"
    if path.startswith("/"):
        yield "is absolute; name it relative to the work folder"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        yield "has an empty part, '.' or '..'; write it like 'folder/name'"
    if len(encoded) > _MAX_PATH_BYTES or any(
        len(part) > _MAX_PART_BYTES for part in encoded.split(b"/")
    ):
        yield f"is longer than {_MAX_PART_BYTES} bytes a part or {_MAX_PATH_BYTES} in all"
    if parts[0] == entry_file:
        yield "is the name of the code's own file; choose another"
    if any("/".join(parts[:count]) in paths for count in range(1, len(parts))):
        yield "lies inside a path that is itself a file"


def _session_problems(snippet: Snippet, language: Language) -> Iterator[str]:
    """Yield what is wrong with a snippet that has earlier code."""
    if len(snippet.earlier) > MOST_EARLIER:
        yield f"{len(snippet.earlier)} codes are to run before it: at most {MOST_EARLIER} are taken"
    for number, code in enumerate(snippet.earlier, 1):
        if "\0" in code or _line_of_surrogate(code) is not None:
            yield f"earlier code {number} has a NUL character or half of a surrogate pair"
    taken = next((path for path in snippet.files if path.startswith(FILE_PREFIX)), None)
    if taken is not None:
        yield f"the file name '{one_line(taken, 80)}' is kept for earlier code; choose another"
    if not language.session_steps:
        yield f"{language.title} has no sessions: nothing can run before the code"


def _end_problems(snippet: Snippet, language: Language) -> Iterator[str]:
    for name in (FILE, SEAL_FILE, SESSION_FILE):
        if name in snippet.files:
            yield f"the file name '{name}' is kept for what tells whether a program reaches its end"
    if not is_asked(snippet):
        return
    others = [name for name in ("run_tests", "until_listening") if getattr(snippet, name)]
    if others:
        yield f"must_reach_end and {others[0]} exclude each other: leave one of them out"
    if not language.end_steps:
        yield f"whether {language.title} reaches its end cannot be told: leave out must_reach_end"
    if language.own_ending is not None and language.own_ending.search(snippet.code):
        yield "its code has a TestMain of its own, which ends it: leave out must_reach_end"


def _size_problems(snippet: Snippet) -> Iterator[str]:
    inputs = (snippet.stdin, *snippet.args, *snippet.earlier, *snippet.files.values())
    size_bytes = sum(len(each.encode() if isinstance(each, str) else each) for each in inputs)
    if size_bytes > MAX_INPUT_BYTES:
        yield (
            f"stdin, arguments, earlier code and files have {size_bytes} bytes in all: "
            f"at most {MAX_INPUT_BYTES} are accepted"
        )


def _limit_problems(snippet: Snippet) -> Iterator[str]:
    if snippet.timeout_s is not None:
        yield from _quantity_problems("timeout_s", snippet.timeout_s)
    if snippet.limits is not None:
        for name in (each.name for each in fields(Limits)):
            yield from _quantity_problems(name, getattr(snippet.limits, name))


def _quantity_problems(name: str, value: object) -> Iterator[str]:
    shown = one_line(repr(value), 60)
    if not isinstance(value, int | float):
        yield f"{name} is {shown}: it must be a number"
    elif not 0 < value <= MAX_QUANTITY:  # false for infinity and what is not a number, too
        yield f"{name} is {shown}: it must be over 0 and at most {MAX_QUANTITY}"
    elif not name.endswith("_s") and not isinstance(value, int):
        yield f"{name} is {shown}: it must be a whole number"
