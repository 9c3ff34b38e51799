"""The pydantic model of a snippet of a course together with its validation, for web backends."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, field_serializer

from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._models.json_form import encodable


class CodeSnippet(BaseModel):
    """Pydantic model of a piece of code with its explanation and, once validated, its result.

    It is what an application keeps and answers; what it is asked is a `SnippetRequest`.
    """

    code: str
    language: str
    description: str = ""
    validation: CodeValidationResult | None = None
    """None until it was validated."""

    def to_snippet(self, *, skill: str = "") -> Snippet:
        """Return what `Validator` takes."""
        return Snippet(code=self.code, language=self.language, skill=skill)

    def with_validation(self, result: CodeValidationResult) -> Self:
        """Return the same snippet with its result."""
        return self.model_copy(update={"validation": result})

    @field_serializer("code", "language", "description", when_used="json")
    def _encodable(self, text: str) -> str:
        """Half of a surrogate pair in JSON is U+FFFD, as in a result."""
        return encodable(text)
