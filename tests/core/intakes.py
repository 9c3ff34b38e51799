"""Intake as a validator without settings of its own does it."""

from __future__ import annotations

from daytona_validate._core.intake import Job, Refusal, intake
from daytona_validate._models import Limits, Snippet


def taken(snippet: Snippet, *, max_code_bytes: int = 100, secret: str = "") -> Job | Refusal:
    """Return the job or the refusal that a snippet comes to."""
    return intake(
        snippet,
        limits=Limits(),
        timeouts_s={},
        packages={},
        max_code_bytes=max_code_bytes,
        new_secret=lambda: secret,
    )


def refused(snippet: Snippet, *, max_code_bytes: int = 100) -> Refusal:
    """Return the refusal of a snippet that has to be refused."""
    found = taken(snippet, max_code_bytes=max_code_bytes)
    assert isinstance(found, Refusal)
    return found
