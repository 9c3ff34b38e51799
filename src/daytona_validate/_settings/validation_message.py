"""Turns pydantic's error for a wrong value into one line for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daytona_validate._settings.names import PER_LANGUAGE, did_you_mean, variable
from daytona_validate._settings.variables import Layer

_HIDDEN = frozenset({"api_key", "base_url"})
"""Fields whose values are never shown; an address may hold a password."""

_SHOWN_CHARACTERS = 60


def validation_message(
    error: ValidationError, model: type[BaseModel], layers: Iterable[Layer]
) -> str:
    """Return what is wrong with the first wrong value, and how many more are."""
    details = error.errors(include_url=False)
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return _line(details[0], model, tuple(layers)) + more


def _line(detail: ErrorDetails, model: type[BaseModel], layers: tuple[Layer, ...]) -> str:
    own_words = str(detail["ctx"]["error"]) if detail["type"] == "value_error" else None
    if not detail["loc"]:
        return own_words or detail["msg"]
    field = str(detail["loc"][0])
    if field not in model.model_fields:
        near = f"{field}_s" if f"{field}_s" in model.model_fields else field
        return f"no setting is called {field!r}{did_you_mean(near, model.model_fields)}"
    language = str(detail["loc"][1]) if field in PER_LANGUAGE and detail["loc"][1:] else None
    shown, source = _shown(field, language, layers)
    accepts = own_words or f"accepts {_extra(model, field)['accepts']}"
    return f"{variable(field, language)}{shown}{source}: {accepts}"


def _shown(field: str, language: str | None, layers: tuple[Layer, ...]) -> tuple[str, str]:
    """Return the value that won, unless it is secret, and the source it came from."""
    for layer in layers:
        value = layer.values.get(field)
        if language is not None and isinstance(value, Mapping):
            value = value.get(language)
        if value is not None:
            text = repr(value)
            if len(text) > _SHOWN_CHARACTERS:
                text = text[:_SHOWN_CHARACTERS] + "…"
            return "" if field in _HIDDEN else f" = {text}", f", from {layer.source}"
    return "", ""


def _extra(model: type[BaseModel], field: str) -> dict[str, str]:
    extra = model.model_fields[field].json_schema_extra
    return {str(k): str(v) for k, v in extra.items()} if isinstance(extra, dict) else {}
