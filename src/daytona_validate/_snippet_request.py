"""The pydantic model of a request to validate one snippet: what a client may ask, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from daytona_validate._core.intake import MAX_FILES
from daytona_validate._models import Snippet

MOST_CHARACTERS = 1024 * 1024
"""Of the code, stdin, expected output and each file."""
MOST_SECONDS = 300.0
"""Of a time limit: what a stranger's folder may ask for, too."""


@dataclass(frozen=True, slots=True)
class _AtMost:
    """Bound of a text, in characters.

    Pydantic's own `max_length` takes no half of a surrogate pair, and refuses it in an answer that
    repeats it: FastAPI then fails with 500. Such code is a verdict like any other.
    """

    characters: int

    def checked(self, text: str) -> str:
        if len(text) > self.characters:
            raise PydanticKnownError("string_too_long", {"max_length": self.characters})
        return text

    def __get_pydantic_core_schema__(self, kind: type, build: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.checked, build(kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, build: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**build(schema), "maxLength": self.characters}


_Text = Annotated[str, _AtMost(MOST_CHARACTERS)]
_Name = Annotated[str, _AtMost(1024)]
_Label = Annotated[str, _AtMost(300)]


class SnippetRequest(BaseModel):
    """Pydantic model of a request to validate a snippet; unknown fields are refused.

    What no client may decide is not in it: a result, limits other than time, files' places. The
    bounds keep one request from filling the server's memory; a server has one of its own for whole
    bodies. Code that makes no sense is no error here: it becomes a result that says so.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    code: _Text
    """The program."""
    language: _Label
    """A name or alias of a language, in any letter case."""
    stdin: _Text = ""
    """What it reads from stdin."""
    expected_output: _Text | None = None
    """What stdout must be; null: anything will do."""
    files: Annotated[dict[_Name, _Text], Field(max_length=MAX_FILES)] = Field(
        default_factory=dict[str, str]
    )
    """More files in the work folder: relative path to content."""
    timeout_s: Annotated[float, Field(gt=0, le=MOST_SECONDS, allow_inf_nan=False)] | None = None
    """Seconds for the program alone; null: the server's limit."""
    id: _Label | None = None
    """A name of your own; it comes back in the result as `snippet_id`."""
    skill: _Label = ""
    """Free text that comes back in the result."""

    def snippet(self) -> Snippet:
        """Return what `Validator` takes."""
        return Snippet(
            code=self.code,
            language=self.language,
            skill=self.skill,
            stdin=self.stdin,
            files=self.files,
            expected_output=self.expected_output,
            timeout_s=self.timeout_s,
            snippet_id=self.id,
        )
