"""How a printed line is compared with one that a page shows: forgiving what differs by run."""

from __future__ import annotations

import re

ELLIPSES = ("...", "…")
"""What an author writes for what is left out."""
ADDRESS = re.compile(
    r"(\bat |<[^<>\n]{0,200}?\b)0x[0-9A-Fa-f]+\b"
    r"|\b0x(?:c[0-9a-f]{9}|(?:7f|5[56])[0-9a-f]{10})\b"
)
"""Of an object, as a repr writes it; or bare, where programs of 64 bits have theirs."""
_MEASURED = re.compile(
    r"\b(?:took|elapsed|taken|per loop|duration|runtime|(?:finished|completed|done|ran) in"
    r"|(?:wall|cpu|user|execution|running|run|processing) ?times?)\b|\.\d{4,100} ?s",
    re.IGNORECASE,
)
"""Says that a time was taken, and not computed."""
_TIME = re.compile(r"\b\d+(?:\.\d+)?\s?(?:ns|µs|us|ms|s|sec|secs|seconds)\b")
_NUMBER = re.compile(r"(?<![\w.])\d{1,300}\.\d{1,300}(?:[eE][+-]?\d{1,3})?(?![\w.])")
SCALAR = re.compile(
    r"\bnp\.(?:float|int|uint|longdouble|complex|str|bool)\d{0,3}_?\(([^()\n]{0,200})\)"
    r"|\bnp\.(True|False)_(?!\w)|(?<=\]), shape=\([\d, ]{1,80}\)(?=\))"
)
"""What versions of numpy since 2 add to a value, and to an array of which they show a part."""
_AROUND = re.compile(r" ?([\[\](){},:]) ?")
LONGEST = 2000
"""Characters of a line that are compared."""


def is_like(printed: str, shown: str) -> bool:
    """Return whether a printed line is as it is shown; `...` stands for any text."""
    form, want = normal(printed), normal(shown).replace("…", "...")
    if "..." not in want:
        return form == want
    first, *middle, last = want.split("...")
    if not form.startswith(first):
        return False
    at = len(first)
    for part in middle:
        at = form.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return form.endswith(last) and len(form) - len(last) >= at


def normal(line: str) -> str:
    """Return a line without what differs from run to run, or from author to author."""
    text = " ".join(line[:LONGEST].split()).replace('"', "'")
    if _MEASURED.search(text):
        text = _TIME.sub("0s", text)
    text = ADDRESS.sub(r"\g<1>0x0", text)
    text = SCALAR.sub(r"\g<1>\g<2>", text)
    text = _NUMBER.sub(_rounded, text)
    text = _AROUND.sub(r"\1", text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == "'" else text


def _rounded(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.6g}"
    return text if "." in text or "e" in text else f"{text}.0"
