"""The figures of a validator for Prometheus, in its text format: of one process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daytona_validate import Stats

NAME = "daytona_validate"
FIGURES = {
    "running": ("gauge", "Snippets that hold a slot."),
    "waiting": ("gauge", "Snippets that wait for a slot."),
    "sandboxes": ("gauge", "Sandboxes that are there."),
    "created": ("counter", "Sandboxes that were made."),
    "deleted": ("counter", "Sandboxes that are gone."),
    "unconfirmed": ("counter", "Sandboxes that may be left; of these some never existed."),
    "doubtful": ("counter", "Those of them that may never have existed."),
    "throttled_s": ("counter", "Seconds for which the service's rate limit held requests back."),
    "retries": ("counter", "What was repeated beside runs."),
}
"""Fields of `Stats`: kind of metric, and what it says."""
SPLIT = {"outcomes": "outcome", "languages": "language", "reasons": "reason"}
"""Fields that count snippets, and the label by which they do."""
DURATIONS = ("queue_s", "create_s", "run_s")
QUANTILES = {"0.5": "p50", "0.95": "p95", "0.99": "p99"}


def prometheus_text(stats: Stats) -> str:
    """Return the figures in Prometheus' text format."""
    return "\n".join((*_figures(stats), *_split(stats), *_durations(stats), ""))


def _figures(stats: Stats) -> Iterator[str]:
    for field, (kind, about) in FIGURES.items():
        unit = field.removesuffix("_s") + ("_seconds" if field.endswith("_s") else "")
        name = f"{NAME}_{unit}" + ("_total" if kind == "counter" else "")
        yield from _head(name, kind, about)
        yield f"{name} {getattr(stats, field)}"


def _split(stats: Stats) -> Iterator[str]:
    for field, label in SPLIT.items():
        name, counts = f"{NAME}_snippets_by_{label}_total", getattr(stats, field)
        yield from _head(name, "counter", f"Snippets by {label}.")
        yield from _samples(name, label, counts)


def _durations(stats: Stats) -> Iterator[str]:
    for field in DURATIONS:
        name, found = f"{NAME}_{field.removesuffix('_s')}_seconds", getattr(stats, field)
        yield from _head(name, "summary", "Seconds, since the process started.")
        values = {each: getattr(found, percentile) for each, percentile in QUANTILES.items()}
        yield from _samples(name, "quantile", values)


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def _samples(name: str, label: str, values: Mapping[str, float]) -> Iterator[str]:
    """Yield a line for each value; labels are words of the library's own, and need no escapes."""
    for each, value in sorted(values.items()):
        yield f'{name}{{{label}="{each}"}} {value}'
