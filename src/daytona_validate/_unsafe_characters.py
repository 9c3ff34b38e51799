"""Which characters may not reach a terminal, a log or a report as they are.

The one list for all: what is shown to people, JSON, XML and words of a shell command.
"""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, the line and paragraph separators, the marks that reorder text (bidi
# embeddings, overrides, isolates), invisible ones that no script needs, lone surrogates, which no
# encoding has, and two code points that XML cannot hold.
UNSAFE_CHARACTER = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)

# The first character of `##[`, `##vso[` and their like, which some build servers obey wherever they
# stand in a log.
COMMAND_NUMBER_SIGN = re.compile(r"#(?=#\w{0,40}\[)")
