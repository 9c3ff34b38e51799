"""The pipeline with a span around each snippet."""

from __future__ import annotations

from daytona_validate._core.intake import named_language
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._pipeline import Pipeline
from daytona_validate._runtime.limiter import Caller
from daytona_validate._sandbox_pool.call import SharedSandboxes


class TracedPipeline(Pipeline):
    """Pipeline whose snippets are spans: a class of its own, as most programs have no tracing."""

    async def validate(
        self,
        snippet: Snippet,
        *,
        index: int = 0,
        caller: Caller | None = None,
        shared: SharedSandboxes | None = None,
    ) -> CodeValidationResult:
        """Return the result of a snippet; see `Pipeline`."""
        telemetry = self.watch.telemetry
        with telemetry.span("validate", named_language(snippet), self.provider_name) as span:
            result = await super().validate(snippet, index=index, caller=caller, shared=shared)
            telemetry.ended(span, result)
        return result
