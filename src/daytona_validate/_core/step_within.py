"""A step that did not run under limits, as it would have been under them."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._core.output_cap import HeadTail
from daytona_validate._models import Limit, Limits, Stage, Step


def step_within(limits: Limits, step: Step) -> Step:
    """Return the step as it would have been under the limits."""
    longest_s = limits.compile_timeout_s if step.stage is Stage.COMPILE else limits.timeout_s
    if _fits(limits, step) and step.usage.wall_s <= longest_s:
        return step
    stdout, stderr = HeadTail(limits.kept_output_bytes), HeadTail(limits.kept_output_bytes)
    stdout.feed(step.stdout)
    stderr.feed(step.stderr)
    limit = step.limit
    if step.usage.wall_s > longest_s:
        limit = Limit.TIMEOUT
    elif stdout.total_bytes + stderr.total_bytes > limits.max_output_bytes:
        limit = Limit.OUTPUT
    return replace(
        step,
        exit_code=None if limit is not None else step.exit_code,
        stdout=stdout.value(),
        stderr=stderr.value(),
        lost_stdout_bytes=stdout.lost_bytes,
        lost_stderr_bytes=stderr.lost_bytes,
        limit=limit,
        usage=replace(step.usage, wall_s=min(step.usage.wall_s, longest_s)),
    )


def _fits(limits: Limits, step: Step) -> bool:
    """Whether nothing of a step is cut, as of most: a copy takes longer than to look."""
    sizes = len(step.stdout), len(step.stderr)
    is_short = max(sizes) <= limits.kept_output_bytes and sum(sizes) <= limits.max_output_bytes
    return is_short and step.limit is None and step.lost_stdout_bytes == step.lost_stderr_bytes == 0
