"""Magics: what a notebook's cell says to IPython, and what is left of the cell without it.

Lines keep their numbers. It errs towards a program: what stands in a text, or goes on in a bracket,
is no magic, however its line begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<name>%{1,2}[A-Za-z_][\w.]*)(?P<rest>.*)|(?P<shell>!.*)"
    r"|(?P<help>\?{1,2}[\w.%*]+|[\w.%*]+\?{1,2}))[ \t]*"
)
_ASSIGNED = re.compile(r"[ \t]*[\w,. \[\]]{1,200}=[ \t]*[%!][A-Za-z_]")
_INSTALLS = re.compile(r"!{1,2}\s*(?:(?:\S*python\S*|\{\S+\})\s+-m\s+)?(?:pip3?|conda|mamba)\b")
_OPTIONS = re.compile(r"(?:[ \t]*-[nrtcpqo](?:[ \t]*\d+)?(?!\S))*")
_TOKEN = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}]|\\.")

_SOFT = frozenset(
    f"%{name}"
    for name in (
        *("matplotlib", "config", "load_ext", "reload_ext", "unload_ext", "autoreload", "pip"),
        *("conda", "mamba", "xmode", "precision", "pdb", "%capture"),
    )
)
"""Without them the rest of the cell means the same."""
_TIMED = frozenset({"%time", "%timeit", "%%time", "%%timeit", "%prun", "%%prun"})
"""What stands after them runs, once."""
_NO_CODE = "a notebook's cell without code of its own"


def without_magics(code: str) -> tuple[str, str | None]:
    """Return a Python cell's code without its soft magics, and why it is no program, or None.

    Args:
        code: The cell as its notebook has it.
    """
    lines: list[str] = []
    for line, is_begin in _lines(code):
        kept = _without(line) if is_begin else line
        if kept is None:
            word = (
                line.split(maxsplit=1)[0][:40] if not _ASSIGNED.match(line) else line[:40].strip()
            )
            return code, f"a notebook magic or shell line: {word}"
        lines.append(kept)
    left = "\n".join(lines)
    return left, _NO_CODE if code.strip() and not left.strip() else None


def _without(line: str) -> str | None:
    """Return what is left of a line that begins a statement; None: it needs a notebook."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None if _ASSIGNED.match(line) else line
    if found["help"] is not None or _INSTALLS.match(found["shell"] or "") or found["name"] in _SOFT:
        return ""
    if found["name"] not in _TIMED:
        return None
    return found["indent"] + _OPTIONS.sub("", found["rest"], count=1).strip()


def _lines(code: str) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether a statement may begin in it: no text or bracket is open."""
    text, depth, goes_on = "", 0, False
    for line in code.split("\n"):
        is_begin = not text and depth == 0 and not goes_on
        yield line, is_begin
        if is_begin and _LINE.fullmatch(line):
            goes_on = line.endswith("\\")
            continue
        text, depth = _after(line, text, depth)
        goes_on = line.endswith("\\")


def _after(line: str, text: str, depth: int) -> tuple[str, int]:
    """Return the quotes of the text that is open after a line, and how many brackets are."""
    for part in (found[0] for found in _TOKEN.finditer(line)):
        if text:
            text = "" if part == text else text
        elif part == "#":
            break
        elif part[0] in "\"'":
            text = part
        elif part in "([{":
            depth += 1
        elif part in ")]}":
            depth = max(0, depth - 1)
    return (text if len(text) > 1 else ""), depth
