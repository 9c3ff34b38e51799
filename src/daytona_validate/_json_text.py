"""JSON that every encoder takes and no terminal trips over.

It stands below the models, so that a result and a report of it are written by the same hand.
"""

from __future__ import annotations

import json
import re

# C0 and C1 controls, DEL, the line and paragraph separators, the marks that reorder text (bidi
# embeddings, overrides, isolates), invisible ones that no script needs, lone surrogates, which no
# encoding has, and two code points that XML cannot hold.
UNSAFE_CHARACTER = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What is never shown to people as it is."""


def json_text(value: object) -> str:
    """Return a value as one line of JSON, readable but for characters that do harm raw.

    Lone surrogates, which no encoding has, marks that reorder text and C1 controls become JSON's
    own escapes: what a reader parses is the same value.
    """
    text = json.dumps(value, ensure_ascii=False)
    return UNSAFE_CHARACTER.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
