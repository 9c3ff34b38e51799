"""OpenTelemetry's API: spans and meters of a validator, where the program has set providers.

Nothing is imported unless the program did so before, and nothing is made where it set no provider:
`Validator` looks when it is opened. No attribute holds code, output, a name of a sandbox or a key.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import CodeValidationResult, Outcome, Reason

_NAME = "daytona_validate"
DURATION_BOUNDS_S = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
    *(120.0, 300.0, 600.0),
)
"""Explicit buckets of all histograms: from a queue without a wait to the longest one behind a
throttle."""
_NOTHING: AbstractContextManager[Any] = nullcontext()


class Telemetry:
    """Spans and meters that nobody asked for: nothing is done."""

    is_on: bool = False

    def span(self, name: str, language: str, provider: str) -> AbstractContextManager[Any]:
        """Hold a span that is the current one."""
        del name, language, provider
        return _NOTHING

    def deletion(self) -> AbstractContextManager[Any]:
        """Hold a span of its own for a removal, with a link to the one at work."""
        return _NOTHING

    def ended(self, span: Any, result: CodeValidationResult) -> None:  # noqa: ANN401
        """Note a result in its span."""

    def failed(self, span: Any, reason: Reason) -> None:  # noqa: ANN401
        """Note in its span why something failed."""

    def finished(self, result: CodeValidationResult, total_s: float) -> None:
        """Note a result in the meters."""

    def waits(self, more: int) -> None:
        """Note how many more wait for a slot."""

    def sandboxes(self, more: int) -> None:
        """Note how many more sandboxes there are."""

    def retried(self, operation: str, reason: Reason) -> None:
        """Note a retry."""

    def unconfirmed(self, *, is_doubtful: bool) -> None:
        """Note a sandbox that was not removed."""

    def throttled(self, seconds: float) -> None:
        """Note a throttle."""


NO_TELEMETRY = Telemetry()


def known_language(name: str) -> str:
    """Return a language's name; `other` for one that is none: callers choose what they call it."""
    return name if name in LANGUAGES else "other"


def telemetry_here() -> Telemetry:
    """Return what the program asked for up to now."""
    trace, metrics = (sys.modules.get(f"opentelemetry.{each}") for each in ("trace", "metrics"))
    tracer = meter = None
    if trace is not None and not _is_proxy(trace.get_tracer_provider()):
        tracer = trace.get_tracer(_NAME)
    if metrics is not None and not _is_proxy(metrics.get_meter_provider()):
        meter = metrics.get_meter(_NAME)
    return NO_TELEMETRY if tracer is None and meter is None else _Otel(tracer, meter)


def _is_proxy(provider: object) -> bool:
    """Return whether a provider stands for the one that nobody has set."""
    return "Proxy" in type(provider).__name__ or "NoOp" in type(provider).__name__


class _Otel(Telemetry):
    """Spans and meters of OpenTelemetry's API."""

    is_on = True

    def __init__(self, tracer: Any, meter: Any) -> None:  # noqa: ANN401 - an extra: no types here
        from opentelemetry import metrics, trace  # noqa: PLC0415 - loaded by the program already

        self._trace = trace
        self._tracer = tracer if tracer is not None else trace.NoOpTracer()
        meter = meter if meter is not None else metrics.NoOpMeter(_NAME)
        self._total = _histogram(meter, "validation.duration", "From a call to its result.")
        self._queue = _histogram(meter, "queue.duration", "Waiting for a slot or a throttle.")
        self._create = _histogram(meter, "sandbox.create.duration", "Making a sandbox.")
        self._sandboxes = meter.create_up_down_counter(
            f"{_NAME}.sandboxes", unit="{sandbox}", description="Sandboxes that exist."
        )
        self._waiting = meter.create_up_down_counter(
            f"{_NAME}.queue.waiting", unit="{snippet}", description="Snippets without a slot."
        )
        self._retries = meter.create_counter(
            f"{_NAME}.retries", unit="{retry}", description="What was done once more."
        )
        self._unconfirmed = meter.create_counter(
            f"{_NAME}.sandboxes.unconfirmed", unit="{sandbox}", description="Not removed."
        )
        self._throttled = meter.create_counter(
            f"{_NAME}.throttled.duration", unit="s", description="Held back by a rate limit."
        )

    def span(self, name: str, language: str, provider: str) -> AbstractContextManager[Any]:
        known = known_language(language)
        return self._tracer.start_as_current_span(
            f"{name} {known}" if name == "validate" else name,
            attributes={
                f"{_NAME}.language": known,
                f"{_NAME}.provider": provider,
            },
            record_exception=False,
            set_status_on_exception=False,
        )

    def deletion(self) -> AbstractContextManager[Any]:
        parent = self._trace.get_current_span().get_span_context()
        links = [self._trace.Link(parent)] if parent.is_valid else []
        return self._tracer.start_as_current_span(
            "sandbox delete",
            context=self._trace.set_span_in_context(self._trace.INVALID_SPAN),
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        )

    def ended(self, span: Any, result: CodeValidationResult) -> None:  # noqa: ANN401 - see above
        span.set_attribute(f"{_NAME}.outcome", result.outcome.value)
        span.set_attribute(f"{_NAME}.fault", result.fault.value)
        if result.outcome is Outcome.UNAVAILABLE:
            self.failed(span, result.reason or Reason.OTHER)

    def failed(self, span: Any, reason: Reason) -> None:  # noqa: ANN401 - see above
        span.set_attribute("error.type", reason.value)
        span.set_status(self._trace.StatusCode.ERROR)

    def finished(self, result: CodeValidationResult, total_s: float) -> None:
        about = {
            f"{_NAME}.language": known_language(result.language),
            f"{_NAME}.provider": result.provider,
        }
        told = {f"{_NAME}.outcome": result.outcome.value, f"{_NAME}.fault": result.fault.value}
        if result.reason is not None:
            told["error.type"] = result.reason.value
        self._total.record(total_s, {**about, **told})
        self._queue.record(result.timings.queued_s, about)
        if result.attempts:
            self._create.record(result.timings.created_s, about)

    def waits(self, more: int) -> None:
        self._waiting.add(more)

    def sandboxes(self, more: int) -> None:
        self._sandboxes.add(more)

    def retried(self, operation: str, reason: Reason) -> None:
        self._retries.add(1, {"operation": operation, "reason": reason.value})

    def unconfirmed(self, *, is_doubtful: bool) -> None:
        self._unconfirmed.add(1, {"certainty": "doubtful" if is_doubtful else "certain"})

    def throttled(self, seconds: float) -> None:
        self._throttled.add(seconds)


def _histogram(meter: Any, name: str, description: str) -> Any:  # noqa: ANN401 - see above
    return meter.create_histogram(
        f"{_NAME}.{name}",
        unit="s",
        description=description,
        explicit_bucket_boundaries_advisory=list(DURATION_BOUNDS_S),
    )
