"""Template that joins the fields of a record to a program, such as `{prompt}{completion}`.

A field is named and nothing more: no format, no attribute, no index with a meaning of Python's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|\\[nt\\]|[^{}\\]+|\\")
_FIELD = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_WRITTEN = {"{{": "{", "}}": "}", r"\n": "\n", r"\t": "\t", r"\\": "\\"}


class BrokenTemplate(Exception):
    """A text is no template; the message says why."""


class NotFilled(Exception):
    """A record lacks a field of the template, or it is no text; the message names it."""


@dataclass(frozen=True, slots=True)
class CodeTemplate:
    """Template of a program."""

    text: str
    """As it was written."""
    parts: tuple[tuple[str, bool], ...]
    """Each a text, and whether it is a field's path rather than a part of the program."""

    @property
    def fields(self) -> Iterator[str]:
        """Yield the paths of its fields."""
        return (text for text, is_field in self.parts if is_field)

    def filled(self, value_of: Callable[[str], object]) -> str:
        """Return the program.

        Args:
            value_of: Returns the value of a path: a text, or a list of texts, which becomes lines;
                None: there is none.

        Raises:
            NotFilled: A field is missing, or holds something else.
        """
        return "".join(
            _text(text, value_of(text)) if is_field else text for text, is_field in self.parts
        )


def code_template(text: str) -> CodeTemplate:
    r"""Return the template that a text is; `\n`, `\t` and `\\` are as in JSON, `{{` is a brace.

    Raises:
        BrokenTemplate: A brace has no other one, or what is between them is no field's path.
    """
    parts: list[tuple[str, bool]] = []
    for match in _PARTS.finditer(text):
        part, path = match[0], match[1]
        if path is None and part in ("{", "}"):
            raise BrokenTemplate(f"a lone {part} at {match.start() + 1}; write {part * 2} for it")
        if path is not None and not _FIELD.fullmatch(path):
            raise BrokenTemplate(f"{part} is no field: it takes a name or a path such as {{a.b}}")
        parts.append((_WRITTEN.get(part, part), False) if path is None else (path, True))
    if not any(is_field for _, is_field in parts):
        raise BrokenTemplate("it has no field, such as {code}")
    return CodeTemplate(text, tuple(parts))


def _text(path: str, value: object) -> str:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    if not isinstance(value, str):
        is_missing = value is None
        raise NotFilled(f"no field `{path}`" if is_missing else f"field `{path}` must be text")
    return value
