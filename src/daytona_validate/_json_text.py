"""JSON encoder whose text is valid UTF-8 and harmless on a terminal.

It stands below the models, so that a result and a report of it are written by the same hand.
"""

from __future__ import annotations

import json
import re

from daytona_validate._unsafe_characters import UNSAFE_CHARACTER


def json_text(value: object) -> str:
    """Return a value as one line of JSON, readable but for characters that do harm raw.

    Lone surrogates, which no encoding has, marks that reorder text and C1 controls become JSON's
    own escapes: what a reader parses is the same value.
    """
    text = json.dumps(value, ensure_ascii=False)
    return UNSAFE_CHARACTER.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
