"""JSON encoder whose text is valid UTF-8 and harmless on a terminal.

It stands below the models, so that a result and a report of it are written by the same hand.
"""

from __future__ import annotations

import json
import re

from daytona_validate._unsafe_characters import COMMAND_NUMBER_SIGN, UNSAFE_CHARACTER


def json_text(value: object) -> str:
    """Return a value as one line of JSON, readable but for characters that do harm raw.

    Lone surrogates, which no encoding has, marks that reorder text and C1 controls become JSON's
    own escapes: what a reader parses is the same value.
    """
    return harmless_json(json.dumps(value, ensure_ascii=False))


def compact_json(value: object) -> str:
    """Return the same without white space between the parts, as results are written."""
    return harmless_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def harmless_json(text: str) -> str:
    """Return JSON of one line with characters that do harm raw as JSON's own escapes."""
    if "##" in text:
        text = COMMAND_NUMBER_SIGN.sub(r"\\u0023", text)
    # Encoders escape the controls below the blank: of ASCII, only DEL is left, and that is known
    # of a text at once. Of all others, those that do harm are what Python calls not printable.
    if "\x7f" not in text if text.isascii() else text.isprintable():
        return text
    return UNSAFE_CHARACTER.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
