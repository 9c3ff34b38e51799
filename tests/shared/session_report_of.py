"""The execution of a session all of whose codes end well, as its driver reports it."""

from __future__ import annotations

import json

from daytona_validate._core.session_end import session_seal
from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import ran


def session_report(snippet: Snippet) -> Execution:
    """Return what a snippet's driver reports; nothing for one without earlier code."""
    codes = [{"code": n, "passed": True} for n in range(1, len(snippet.earlier) + 1)]
    said = [{"session": 1}, *codes, {"begins": True, "elapsed_s": 0.0}] if codes else []
    return ran(
        stderr="".join(f"session {session_seal(snippet)} {json.dumps(each)}\n" for each in said)
    )
