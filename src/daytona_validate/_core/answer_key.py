"""The key of a cached result: a hash over all that its verdict depends on.

It errs towards a run too many: whatever a snippet has counts, but for what only comes back in its
result. So a field that is added later counts as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields

from daytona_validate._core.intake import Job

FORMAT = 1
"""Raise it when the same key would stand for something else."""
_COMES_BACK = frozenset({"skill", "snippet_id", "location"})
"""Fields of a snippet that are copied into its result, and reach no sandbox."""


def answer_key(job: Job, *, environment: str) -> bytes:
    """Return the cache key of a job: 256 bits from which nothing of it can be read.

    Args:
        job: What is to be run, with its effective limits and its packages.
        environment: What it would run in and be judged by; another text for any other.
    """
    snippet = job.snippet
    asked = [
        (each.name, _in_order(getattr(snippet, each.name)))
        for each in fields(snippet)
        if each.name not in _COMES_BACK
    ]
    whole = (FORMAT, environment, job.language.name, job.limits, job.packages, asked)
    return hashlib.sha256(repr(whole).encode(errors="surrogatepass")).digest()


def _in_order(value: object) -> object:
    return sorted(value.items()) if isinstance(value, Mapping) else value
