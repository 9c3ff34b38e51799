"""Output that a notebook has stored with a cell, compared with what the cell printed.

A notebook has more than one line where a value is long, and what `tqdm` and the like wrote in
between. So what is printed must be in what is stored, and a value at its end must be there. Of a
cell that has shown a picture or a table only what was printed is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from daytona_validate._core.printable import one_line
from daytona_validate._core.shown_line import LONGEST, normal

_WRAPPED = 70
"""Characters of a value that notebooks show in several lines; not much sooner."""
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:e[-+]?\d{1,3})?(?![\w.])"
)
_NEAR = 1e-7
"""Part of an array's greatest number by which another may differ: it is shown with eight digits."""
_NOISE = 1e-12
"""What computing leaves where a number should be zero."""
_MOST_SEARCHED = 50
"""Long lines that are looked for in all that is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """Stored output of a cell."""

    text: str
    """All of it that is text: what was printed, and values."""
    value: str | None = None
    """Of the last expression, at the end of that; None: it had none, or is not asked for."""
    printed: str | None = None
    """Only what was printed, where a picture or a table was shown as well; else None."""
    shows_values: bool = False
    """Whether the cell is to show the value of its last expression, as a notebook does."""
    messages: int = 0
    """Lines that are messages of errors which the cell caught by their class: they are worded as
    by another version of a library."""


def cell_difference(shown: ShownCell, printed: list[str]) -> str | None:
    """Return the first difference between what is stored and what was printed, for people."""
    if shown.printed is not None:
        return _first_not_printed(printed, shown.printed.split("\n"))
    whole, text = _squeezed(printed), _squeezed(shown.text.split("\n"))
    if whole == text or (shown.value is not None and _is_near(whole, text)):
        return None
    said = _first_not_stored(printed, shown)
    if said is None and shown.value is not None and all(len(each) < LONGEST for each in printed):
        value = _squeezed(shown.value.split("\n"))
        if not whole.endswith(value):
            stored = one_line(shown.value, 60)
            return f"the notebook has stored the value '{stored}', and the cell ends without it"
    return said


def _is_near(printed: str, stored: str) -> bool:
    """Return whether both are arrays of the same numbers, up to what rounding makes of them."""
    (text, numbers), (text_stored, numbers_stored) = map(_parted, (printed, stored))
    if text != text_stored or len(numbers) != len(numbers_stored) or "array([" not in text:
        return False
    near = max(_NOISE, _NEAR * max(map(abs, map(float, numbers_stored)), default=0.0))
    return all(
        (_is_float(one) and _is_float(other) and abs(float(one) - float(other)) <= near)
        or one == other
        for one, other in zip(numbers, numbers_stored, strict=True)
    )


def _is_float(number: str) -> bool:
    return "." in number or "e" in number


def _parted(text: str) -> tuple[str, list[str]]:
    return _NUMBER.sub("0", text), _NUMBER.findall(text)


def _first_not_printed(printed: list[str], stored: list[str]) -> str | None:
    rest = iter([normal(line) for line in printed])
    for line in stored:
        form = normal(line)
        if form and form not in rest:
            return f"'{one_line(line, 60)}', which the notebook has stored, is not in the output"
    return None


def _first_not_stored(printed: list[str], shown: ShownCell) -> str | None:
    stored = shown.text.split("\n")
    forms = [normal(line) for line in stored]
    known, whole = frozenset(forms), _squeezed(stored)
    rest, searched, messages = iter(forms), 0, shown.messages
    for number, line in enumerate(printed, 1):
        form = normal(line)
        if form not in known and len(form) >= _WRAPPED and searched < _MOST_SEARCHED:
            searched += 1
            if form.replace(" ", "") in whole:  # the notebook has parted it
                continue
        if form not in known and messages:
            messages -= 1
            continue
        if form and form not in rest:
            said = f"line {number} of the output, '{one_line(line, 60)}'"
            return f"{said}, is not what the notebook has stored"
    return None


def _squeezed(lines: Iterable[str]) -> str:
    """Return lines as one, without white space and what differs from run to run."""
    return "".join(map(normal, lines)).replace(" ", "")
