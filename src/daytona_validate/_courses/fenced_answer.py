"""Extracts the program from a model's answer: fences with text around, after its reasoning.

An answer is no page: what counts is where its fences are, not what CommonMark makes of the tags,
quotes and lists around them. So a fence may stand at any depth, after any tag, and need not close:
answers end where their tokens do, or where a stop word stood for the closing fence.

It errs towards no program at all. A text without any fence could be a program as it is; it could be
a refusal as well, and a one-word refusal such as `None` would pass.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daytona_validate._core.fence_line import FenceLine, fence_line
from daytona_validate._core.languages.table import find_language
from daytona_validate._courses.info_string import parse_info

_TAGS = "think|thinking|thought|reasoning|seed:think"
_BEGUN = re.compile(rf"\s*(?:<({_TAGS})>|(\[THINK\])|(<\|begin_of_thought\|>))", re.IGNORECASE)
_ENDS = {2: re.compile(r"\[/THINK\]", re.IGNORECASE), 3: re.compile(r"<\|end_of_thought\|>")}
"""How reasoning ends, by the group of `_BEGUN`; that of a tag is its own."""
_TAG = re.compile(
    rf"(?<![\"'])(?:(?<!`)|(?<=```))(?:<(?P<end>/?)({_TAGS})>|\[(?P<last>/?)THINK\])(?![\"'`\\)])",
    re.IGNORECASE,
)
"""A mark of reasoning that is not quoted; it may follow a fence."""
_OPENS_LATE = re.compile(r"()[^`]+(`{3,})([\w+#.-]+)\s*")
"""A fence that follows words in its line, as no page may have it, and names its language."""
_CLOSE_INDENT = 3
_TRANSPARENT = frozenset({"markdown", "md"})
"""An answer that is fenced as a whole has fences of the same length in it."""
_NO_PROGRAMS = frozenset({
    "bash", "cmd", "console", "csv", "diff", "dockerfile", "ini", "json", "log", "none", "output",
    "plain", "plaintext", "powershell", "sh", "shell", "stderr", "stdin", "stdout", "terminal",
    "text", "toml", "txt", "yaml", "yml", "zsh",
})  # fmt: skip
"""Words of fences that stand beside a program whose own fence names no language."""
_WORDS_SHOWN = 5


class NoProgram(Exception):
    """There is no program in an answer; the message says why, in a sentence of its own."""


@dataclass(frozen=True, slots=True)
class FencedProgram:
    """The program extracted from an answer, and its language."""

    code: str
    language: str | None
    """As the fence names it, where the caller did not; None if neither does."""


@dataclass(frozen=True, slots=True)
class _Fence:
    word: str
    """The language as written, lower-cased; empty if there is none."""
    code: str


def program_of(answer: str, *, which: str, language: str | None) -> FencedProgram:
    """Return the program in an answer.

    Fences of the language count; if there is none, those that name no language. Empty ones, and
    those within the reasoning that stands before the answer, never do.

    Args:
        answer: The whole text.
        which: `first`, `last`, or `all`, which are joined to one program.
        language: The language, if it is known; None: that of the fences that name one.

    Raises:
        NoProgram: There is none.
    """
    text = _without_reasoning(answer.replace("\r\n", "\n"))
    fences = [fence for fence in _fences(text) if fence.code.strip()]
    if not fences:
        raise NoProgram("no fence has code in it; without --fenced, the whole text is the program")
    names = [_known(fence.word) or fence.word for fence in fences]
    if language is None:
        known = [name for name in names if _known(name)]
        language = known[-1 if which == "last" else 0] if known else None
    wanted = "" if language is None else _known(language) or language.lower()
    own = wanted if wanted in names else ""
    codes = [fence.code for fence, name in zip(fences, names, strict=True) if name == own]
    if not codes or (own == "" and not _NO_PROGRAMS.issuperset(filter(None, names))):
        raise NoProgram(f"no fence is in {language or 'a known language'}, but in {_list(names)}")
    return FencedProgram(_CHOICES[which](codes), language)


def _known(word: str) -> str | None:
    language = find_language(word)
    return None if language is None else language.name


def _without_reasoning(answer: str) -> str:
    """Return what follows the reasoning at the start, however it is marked."""
    position = 0
    while begun := _BEGUN.match(answer, position):
        end = _ENDS.get(begun.lastindex or 0) or re.compile(f"</{begun[1]}>", re.IGNORECASE)
        ended = end.search(answer, begun.end())
        if ended is None:
            raise NoProgram("the answer ends within its reasoning")
        position = ended.end()
    return answer[position or _lone_end(answer) :]


def _lone_end(answer: str) -> int:
    """Return where reasoning ends that began in the prompt; 0 if none did.

    The mark of its end has none of a beginning before it, and is no text in a program.
    """
    position, begun, opened = 0, Counter[str](), None
    for line in answer.split("\n"):
        was_open = opened is not None
        if opened is None:
            opened, _ = _opened(line)
        elif _closes(line, opened):
            opened = None
        for tag in () if was_open and opened else _TAG.finditer(line):
            is_end = bool(tag["end"] or tag["last"])
            name = tag[0].replace("/", "").lower()
            if is_end and not begun[name]:
                return position + tag.end()
            begun[name] += -1 if is_end else 1
        position += len(line) + 1
    return 0


def _fences(text: str) -> Iterator[_Fence]:
    """Yield the fences of a text in order; one that does not close ends with the text."""
    opened: FenceLine | None = None
    word = ""
    lines: list[str] = []
    for line in text.split("\n"):
        if opened is None:
            opened, word = _opened(line)
        elif _closes(line, opened):
            yield _Fence(word, "".join(lines))
            opened, lines = None, []
        else:
            lines.append(f"{_unindented(line, opened.prefix)}\n")
    if opened is not None:
        yield _Fence(word, "".join(lines).removesuffix("\n"))


def _opened(line: str) -> tuple[FenceLine | None, str]:
    """Return the fence that a line opens, if it does, and the word of its language."""
    fence = fence_line(line)
    if fence is None:
        late = _OPENS_LATE.fullmatch(line)
        if late is None or not _known(late[3]):
            return None, ""
        return FenceLine(*late.groups()), late[3].lower()
    word = parse_info(fence.info).word
    return (None if word in _TRANSPARENT else fence), word


def _closes(line: str, opened: FenceLine) -> bool:
    """Whether a line ends a fence: its marks are no fewer, and not much deeper.

    A tag may follow: the last word of a model, or of the part that holds its answer.
    """
    fence = fence_line(line)
    return (
        fence is not None
        and fence.marks.startswith(opened.marks)
        and fence.info.strip()[:1] in ("", "<")
        and not fence.prefix.strip(" \t>")
        and len(fence.prefix) <= len(opened.prefix) + _CLOSE_INDENT
    )


def _unindented(line: str, prefix: str) -> str:
    """Take from a line what stands before its fence: quote marks and white space."""
    position = 0
    while position < min(len(prefix), len(line)) and line[position] in " \t>":
        if line[position] == ">" and prefix[position] != ">":
            break
        position += 1
    return line[position:]


def _list(names: list[str]) -> str:
    shown = [name[:40] if name.isprintable() else ascii(name[:40]) for name in dict.fromkeys(names)]
    shown = [name or "none that is named" for name in shown]
    return ", ".join(shown[:_WORDS_SHOWN] + (["…"] if len(shown) > _WORDS_SHOWN else []))


_CHOICES: dict[str, Callable[[list[str]], str]] = {
    "first": lambda codes: codes[0],
    "last": lambda codes: codes[-1],
    "all": "\n".join,
}
"""From the codes of the fences that count to one program, by the name that `--fenced` has."""
