"""The one JSON of a result: `to_dict`, `to_json`, reports, a web framework's answer and its schema.

Pydantic writes them all, from one serializer. It is loaded when the first is asked for: whoever
only imports the package does not wait for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

IN_JSON: Mapping[str, object] = {
    "use_attribute_docstrings": True,
    "json_schema_serialization_defaults_required": True,
}
"""Pydantic's configuration of a value: its fields are described, and all of them are written."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """Return a text with U+FFFD for each half of a surrogate pair: no encoding has such a half.

    Code may hold one, and so does the name of a file that is not UTF-8; strict readers refuse it.
    """
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


@cache
def adapter(kind: type) -> TypeAdapter[Any]:
    """Return what reads and writes the JSON of a value's class."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - see above

    return TypeAdapter(kind)


def schema_of_encodable(kind: type, build: GetCoreSchemaHandler) -> tuple[CoreSchema, Any]:
    """Return pydantic's schema of a dataclass whose texts are written `encodable`.

    Returns:
        The schema, and the part of it that has the dataclass's fields.
    """
    schema = build(kind)
    fields: Any = build.resolve_ref_schema(schema)
    fields = fields["schema"]
    for field in fields["fields"]:
        _write_encodable(field["schema"])
    return schema, fields


def _write_encodable(schema: Any) -> None:  # noqa: ANN401 - pydantic's schemas of all kinds
    from pydantic_core import core_schema  # noqa: PLC0415 - as above

    while "schema" in schema:  # a default, or None beside it
        schema = schema["schema"]
    if schema["type"] == "str":
        schema["serialization"] = core_schema.plain_serializer_function_ser_schema(
            encodable, return_schema=core_schema.str_schema(), when_used="json"
        )
