"""How a block of JavaScript or TypeScript is completed."""

from __future__ import annotations

from enum import Enum


class ScriptPlan(Enum):
    """Wrapping of a script's fragment; the value is its note."""

    DECLARED = "declare, before each signature"
    VALUE = "brackets around its object"
    ASYNC_BODY = "an async function around it"
