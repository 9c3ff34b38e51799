"""The kinds of settings there are: seconds, whole numbers, and others."""

from __future__ import annotations

from typing import Any

from pydantic import Field

DAY_S = 86_400


def seconds(default: float | None, meaning: str) -> Any:  # noqa: ANN401  # as pydantic's Field
    accepts = f"a number of seconds above 0 and at most {DAY_S}"
    return Field(
        default,
        gt=0,
        le=DAY_S,
        allow_inf_nan=False,
        description=meaning,
        json_schema_extra={"unit": "s", "accepts": accepts},
    )


def whole(
    default: int | None, meaning: str, *, unit: str = "", at_least: int = 1, at_most: int
) -> Any:  # noqa: ANN401  # as pydantic's Field
    accepts = f"a whole number from {at_least} to {at_most}"
    return Field(
        default,
        ge=at_least,
        le=at_most,
        description=meaning,
        json_schema_extra={"unit": unit, "accepts": accepts},
    )


def other(default: object, meaning: str, accepts: str) -> Any:  # noqa: ANN401  # as pydantic's Field
    return Field(default, description=meaning, json_schema_extra={"unit": "", "accepts": accepts})
