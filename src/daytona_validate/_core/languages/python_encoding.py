"""In which encoding a Python file is: PEP 263, by the standard library's own reader of it."""

from __future__ import annotations

import io
import tokenize


def python_encoding(content: bytes) -> str:
    """Return the encoding that the first two lines of a file name, else UTF-8.

    An unknown one, one beside a byte-order mark and lines that are not UTF-8 come to UTF-8 as
    well: Python refuses the file in its own words.
    """
    try:
        name, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:
        return "utf-8"
    # The mark is a character of the text like any other here.
    return "utf-8" if name == "utf-8-sig" else name
