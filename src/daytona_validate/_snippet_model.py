"""The one pydantic model: a snippet of a course together with its validation, for web backends."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel

from daytona_validate._models import CodeValidationResult, Snippet


class CodeSnippet(BaseModel):
    """Pydantic model of a piece of code with its explanation and, once validated, its result."""

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
