"""Words that take back or limit a claim: "raises TypeError if …" excuses nothing."""

from __future__ import annotations

import re

_HEDGE = re.compile(
    r"\b(?:no|none|not|never|nor|neither|without|cannot|\w+n['’]t|avoid\w*|prevent\w*|catch\w*"  # noqa: RUF001
    r"|caught|handl\w*|fix\w*|longer|used|may|might|could|would|should|can|sometimes|often|perhaps"
    r"|instead|rather|unlike|only|but|however|otherwise|else|or|until|unless|if|when\w*|whether"
    r"|while|where|wherever|once|after|before|for|on|in|with|well|at|under|during|given|except"
    r"|provided|versions?|older|newer|earlier|previously|empty|than|via|from|by)\b"
    r"|不会|避免|防止|如果|当|若",
    re.IGNORECASE,
)


def is_hedged(text: str) -> bool:
    """Return whether words deny what they tell of, or tell of a condition, a time or a place."""
    return _HEDGE.search(text) is not None
