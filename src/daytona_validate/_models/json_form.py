"""The one JSON of a result: `to_dict`, `to_json`, reports, a web framework's answer and its schema.

Pydantic writes them all, from one serializer. It is loaded when the first is asked for: whoever
only imports the package does not wait for it.
"""

from __future__ import annotations

import ast
import inspect
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

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


class WrittenAsJson:
    """Base of a dataclass whose JSON and schema pydantic makes.

    All fields and properties are written and described, and texts are `encodable`. Properties are
    booleans.
    """

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, bool]] = {
        "json_schema_serialization_defaults_required": True
    }

    @classmethod
    def __get_pydantic_core_schema__(cls, kind: type, build: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        schema = build(kind)
        found: Any = build.resolve_ref_schema(schema)
        for field in found["schema"]["fields"]:
            _write_encodable(field["schema"])
        found["schema"]["computed_fields"] = [
            core_schema.computed_field(name, core_schema.bool_schema()) for name in _properties(cls)
        ]
        return schema

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, build: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        found = build(schema)
        about = build.resolve_ref_schema(found).get("properties", {})
        for name, description in {**_docstrings(cls), **_properties(cls)}.items():
            if name in about:  # a reader takes no properties
                about[name]["description"] = description
        return found


def _properties(kind: type) -> dict[str, str]:
    """Return the names of a class's properties, each with its docstring."""
    return {
        name: value.__doc__ or ""
        for name, value in vars(kind).items()
        if isinstance(value, property)
    }


def _docstrings(kind: type) -> dict[str, str]:
    """Return what the source says of each field; nothing where there is no source.

    Pydantic's `use_attribute_docstrings` reads it too, but at the first result, in the event loop.
    """
    try:
        source = inspect.cleandoc(inspect.getsource(kind))
    except OSError:
        return {}
    (found,) = ast.parse(source).body
    said = {}
    for field, after in pairwise(found.body if isinstance(found, ast.ClassDef) else ()):
        match field, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                said[name] = inspect.cleandoc(text)
    return said


def _write_encodable(schema: Any) -> None:  # noqa: ANN401 - pydantic's schemas of all kinds
    from pydantic_core import core_schema  # noqa: PLC0415 - as above

    while "schema" in schema:  # a default, or None beside it
        schema = schema["schema"]
    if schema["type"] == "str":
        schema["serialization"] = core_schema.plain_serializer_function_ser_schema(
            encodable, return_schema=core_schema.str_schema(), when_used="json"
        )
