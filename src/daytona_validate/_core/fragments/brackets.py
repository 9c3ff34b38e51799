"""Brackets of code, and what stands outside of all of them."""

from __future__ import annotations

from collections.abc import Iterator

_CLOSES = {")": "(", "]": "[", "}": "{"}
_CONTINUES = ("|", "&", ":", "=>", "->", ".", "?.")


def has_balanced_parentheses(bare: str) -> bool:
    """Return whether all brackets but `{` and `}` have partners, as in the begin of a body.

    Args:
        bare: Code without its strings and comments.
    """
    return is_balanced(bare.replace("{", "").replace("}", ""))


def is_balanced(bare: str) -> bool:
    """Return whether each bracket has its partner; `<` and `>` are none.

    Args:
        bare: Code without its strings and comments.
    """
    opened: list[str] = []
    for each in bare:
        if each in "([{":
            opened.append(each)
        elif each in _CLOSES and (not opened or opened.pop() != _CLOSES[each]):
            return False
    return not opened


def outermost(bare: str) -> str:
    """Return code with blanks for what stands in brackets, which stay; lines are as they were."""
    kept, depth = list[str](), 0
    for each in bare:
        depth -= each in ")]}"
        kept.append(each if depth < 1 or each == "\n" else " ")
        depth += each in "([{"
    return "".join(kept)


def statements(bare: str) -> Iterator[str]:
    """Yield the statements of code that has each on lines of its own, brackets or not."""
    outer = outermost(bare).split("\n")
    depth, lines = 0, list[str]()
    for line, outer_line in zip(bare.split("\n"), outer, strict=True):
        is_next = depth < 1 and not outer_line.lstrip().startswith((*_CONTINUES, *_CLOSES))
        if is_next and lines and outer_line.strip():
            yield "\n".join(lines).strip()
            lines = []
        if line.strip():
            lines.append(line)
        depth += sum((each in "([{") - (each in ")]}") for each in line)
    if lines:
        yield "\n".join(lines).strip()


def parts(bare: str) -> Iterator[str]:
    """Yield what commas part that stand outside of brackets, `<` and `>` among them."""
    depth, start = 0, 0
    for at, each in enumerate(bare):
        is_arrow = each == ">" and bare[at - 1 : at] in ("=", "-")
        depth += (each in "([{<") - (each in ")]}>" and not is_arrow)
        if each == "," and depth == 0:
            yield bare[start:at]
            start = at + 1
    if bare[start:].strip():
        yield bare[start:]
