"""A program whose spans and metrics a test looks at: providers are set once for a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import Any

SET_UP = """
import asyncio, json, os
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from daytona_validate import Reason, Snippet, Validator
from daytona_validate.testing import FakeProvider, SandboxLost, SandboxUnavailable, ran

exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
tracing = TracerProvider()
tracing.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(tracing)
metrics.set_meter_provider(MeterProvider([reader]))
"""
SHOW = """
print(json.dumps({
    "spans": [json.loads(each.to_json()) for each in exporter.get_finished_spans()],
    "metrics": json.loads(reader.get_metrics_data().to_json()),
}))
"""


def shown(program: str, **variables: str) -> dict[str, Any]:
    """Return the spans and metrics of a program that runs in a process of its own."""
    code = SET_UP + textwrap.dedent(program) + SHOW
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **variables},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def metrics_of(found: dict[str, Any]) -> dict[str, Any]:
    """Return its metrics by their names."""
    every: dict[str, Any] = {}
    for resource in found["metrics"]["resource_metrics"]:
        for scope in resource["scope_metrics"]:
            every |= {each["name"]: each for each in scope["metrics"]}
    return every
