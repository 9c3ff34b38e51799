"""Lines of a page that stand for another file, which the page's builder puts in their place.

Such a line is no code in any language here, whatever a language may make of it: Python takes
`--8<-- "x.py"` for an expression, SQL for a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_PATH = r"""["']?(?P<path>[^ "'{}%>]+)["']?"""
_LINES = re.compile(r"(\d*):(\d*)")
_MARK = "\ufeff"
_MAX_LINES = 200
_MAX_CHARACTERS = 500
"""Of a block and of a line that are looked at: longer ones are no includes, but could cost time."""
_BUILDERS = "only its page's builder knows which part of it is meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """Include directive: one file that is named in place of code."""

    path: str
    """As written, without what follows it."""
    first_line: int = 1
    last_line: int | None = None
    """None: to the end."""
    section: str = ""
    """The name of the part that marks in the file enclose; empty: no such part."""
    is_beside_page: bool = False
    """Whether the path is relative to the page, and to nothing else."""
    problem: str = ""
    """Why only the page's builder knows what is included; empty if it is known."""


def includes_of(code: object) -> tuple[Include, ...]:
    """Return what a block includes that holds nothing else; none if it has any line of its own."""
    if not isinstance(code, str) or not _begins(code := code.removeprefix(_MARK).lstrip()):
        return ()
    lines = [line.strip() for line in code.split("\n") if line.strip()]
    found: list[Include] = []
    while lines and len(lines) <= _MAX_LINES:
        taken, includes = _taken(lines)
        if not taken:
            return ()
        found += includes
        lines = lines[taken:]
    return () if lines else tuple(found)


def is_include(line: str) -> bool:
    """Return whether a line is an include directive by itself."""
    return _one(line.strip()) is not None


def _begins(code: str) -> bool:
    """Return whether code may be includes, by its first line: most code is not parsed further."""
    first = code.partition("\n")[0].strip()
    return _SCISSORS.fullmatch(first) is not None or is_include(first)


def _taken(lines: list[str]) -> tuple[int, list[Include]]:
    """Return how many lines at the start are includes, and these."""
    if _SCISSORS.fullmatch(lines[0]):
        return _between_scissors(lines)
    include = _one(lines[0])
    if include is None:
        return 0, []
    if not lines[0].startswith(".."):
        return 1, [include]
    options: dict[str, str] = {}
    for line in lines[1:]:
        option = _OPTION.fullmatch(line)
        if option is None:
            break
        options[option[1]] = option[2]
    return 1 + len(options), [_with_options(include.path, options)]


def _between_scissors(lines: list[str]) -> tuple[int, list[Include]]:
    end = next((n for n, line in enumerate(lines) if n and _SCISSORS.fullmatch(line)), 0)
    names = lines[1:end]
    if not names or not all(_FILE_NAME.fullmatch(name) for name in names):
        return 0, []
    return end + 1, [_snippets(name, "") for name in names]


def _one(line: str) -> Include | None:
    if line[:1] not in _FIRST or len(line) > _MAX_CHARACTERS:
        return None
    spaced = " ".join(line.split())  # runs of white space could be matched in too many ways
    for pattern, read in _FORMS:
        match = pattern.fullmatch(spaced)
        if match is not None:
            return read(match["path"].strip(), match.groupdict().get("rest") or "")
    return None


def _snippets(path: str, _rest: str) -> Include:
    """Read `x.py`, `x.py:section`, `x.py:3:5`; a single number is where it begins."""
    name, part = _parted(path)
    first, _, last = part.partition(":")
    if not part or _LINES.fullmatch(f"{first}:{last}"):
        return _lines(name, first, last)
    if re.fullmatch(r"[\w.-]+", part) and not re.fullmatch(r"[\d-]+", part):
        return Include(path=name, section=part)
    return Include(path=name, problem=_BUILDERS)


def _book(path: str, _rest: str) -> Include:
    """Read mdBook's `x.rs`, `x.rs:anchor`, `x.rs:3:5`; a single number is one line."""
    found = _snippets(path, "")
    is_one = found.first_line > 1 and path.count(":") == 1
    return Include(
        path=found.path,
        first_line=found.first_line,
        last_line=found.first_line if is_one or path.endswith(":1") else found.last_line,
        section=found.section,
        problem=found.problem,
        is_beside_page=True,
    )


def _marked_lines(path: str, rest: str) -> Include:
    """Read `lines=1-5` of markdown-include, `[ln:1-5]` and `ln[1:5]`; other words only decorate."""
    wanted = re.search(r"\b(?:lines\s*=\s*|ln\s*[\[:]\s*)([^\]]*)", rest)
    if wanted is None:
        return Include(path=path)
    lines = re.fullmatch(r"(\d+)\s*[-:]\s*(\d*)", wanted[1].strip())
    return Include(path=path, problem=_BUILDERS) if lines is None else _lines(path, *lines.groups())


def _region(path: str, _rest: str) -> Include:
    name, _, region = path.partition("#")
    return Include(path=name, section=region, is_beside_page=not name.startswith("@"))


def _whole(path: str, rest: str) -> Include:
    return Include(path=path, problem=_BUILDERS if rest.strip() else "")


def _beside(path: str, rest: str) -> Include:
    return Include(path=path, is_beside_page=True, problem=_BUILDERS if rest.strip() else "")


def _with_options(path: str, options: dict[str, str]) -> Include:
    beside = not path.startswith("/")
    lines = re.fullmatch(r"(\d+)-(\d*)", options.get("lines", "1-"))
    if lines is None or not options.keys() <= _DECORATION:
        return Include(path=path, is_beside_page=beside, problem=_BUILDERS)
    first, last = int(lines[1]), int(lines[2] or 0) or None
    return Include(path=path, is_beside_page=beside, first_line=first, last_line=last)


def _lines(path: str, first: str, last: str) -> Include:
    return Include(path=path, first_line=int(first or 1), last_line=int(last) if last else None)


def _parted(path: str) -> tuple[str, str]:
    """Part a path at its first colon, unless it is an address."""
    if "://" in path:
        return path, ""
    name, _, part = path.partition(":")
    return name, part


_FIRST = frozenset("-{<.i")
"""With what a line begins that may be one: prose and code are not matched with all forms."""
_SCISSORS = re.compile(r"-+8<-+")
_FILE_NAME = re.compile(r"[^\s;()]+\.\w+(?::[\w.:-]*)?")
_OPTION = re.compile(r":([\w-]+):\s*(.*)")
_DECORATION = frozenset(
    {
        *("language", "lines", "linenos", "lineno-start", "lineno-match", "emphasize-lines"),
        *("caption", "name", "class", "force", "encoding", "tab-width"),
    }
)
"""Options of `literalinclude` that leave the code as it is, and the one that is read."""
_BOOK = r"(?:include|rustdoc_include|playground|playpen)"
_SHORTCODE = r"(?:include|embed|readfile|code-include) (?:\w+=)?"
_TAG = r"include(?:_relative|_code|-markdown)? "
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str, str], Include]], ...] = (
    (re.compile(r"""-+8<-+ (["'])(?P<path>[^"']+)\1"""), _snippets),
    (re.compile(r"\{!>? ?(?P<path>[^ !\[][^!\[]*?) ?(?P<rest>\[[^\]]*\])? ?!\}"), _marked_lines),
    (re.compile(r"\{! ?(?P<path>[^ !][^!]*?) ?!(?P<rest>[^}]*)\}"), _marked_lines),
    (re.compile(r"\{\* ?(?P<path>[^ *]+)(?P<rest>(?: \w+\[[^\]]*\])*) ?\*\}"), _marked_lines),
    (re.compile(r"\{\{ ?#" + _BOOK + r" (?P<path>[^ }]+)[^}]*\}\}"), _book),
    (
        re.compile(
            r"<<< ?(?=[^ ]*[./])(?P<path>(?!#)[^ {}\[\]]+)(?: ?\{[^}]*\}| ?\[[^\]]*\]| \w+(?!\w))*"
        ),
        _region,
    ),
    (re.compile(r"\{\{[<%] ?" + _SHORTCODE + _PATH + r"(?P<rest>[^>%]*?)/?[>%]\}\}"), _beside),
    (re.compile(r"\{%-? ?" + _TAG + _PATH + r"(?P<rest> [^%]*?)?-?%\}"), _whole),
    (re.compile(r"\.\. (?:literal)?include:: ?(?P<path>[^ ]+)"), _beside),
    (re.compile(r"include::(?P<path>[^ \[\]]+)\[(?P<rest>[^\]]*)\]"), _beside),
)
"""The forms of pymdownx, markdown-include (twice), FastAPI's pages, mdBook, VitePress, Quarto and
Hugo, Liquid and Jinja, Sphinx, AsciiDoc: what a line is, and how what follows its path is read."""
