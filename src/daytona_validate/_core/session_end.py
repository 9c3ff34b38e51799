"""Proof that a snippet left its session itself, and that the session's report is its driver's.

A thread of earlier code, or of a library, may end the process with exit code 0. So a session has a
secret of its own, as in `reached_end`, and its driver writes `ended SECRET` once the snippet has
left it, in whatever way. Its report has a seal, which is made of the secret and does not tell it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from daytona_validate._core.reached_end import FILE, end_line, is_asked, split_line, with_secret
from daytona_validate._core.tests_account import seal
from daytona_validate._models import Execution, Snippet

SESSION_FILE = ".session-end"
"""Holds the secret of a session: its driver writes `ended SECRET` once the snippet has left."""
SEAL_FILE = ".session-seal"
"""Holds what shows that a session's report is its driver's; the other is not known by it."""
NOT_LEFT = "earlier code ended the session, or the snippet did so past its interpreter"
"""Why a session with exit code 0 is no pass: a thread of a library may call `os._exit`."""


def with_secrets(snippet: Snippet, new_secret: Callable[[], str], *, is_session: bool) -> Snippet:
    """Return what is to be run, with the secret of its run where its end or its session's counts.

    Args:
        snippet: What intake has let through.
        new_secret: Makes the secret; asked for only where it is needed. "" is none.
        is_session: Whether it runs in a session.
    """
    if not is_session and not is_asked(snippet):
        return snippet
    secret = new_secret()
    to_run = with_secret(snippet, secret)
    return with_session_secret(to_run, secret) if secret and is_session else to_run


def with_session_secret(snippet: Snippet, secret: str) -> Snippet:
    """Return what is to be run in a session whose driver tells that the snippet itself left it.

    Args:
        snippet: With earlier code, a thread of which may end the process with exit code 0.
        secret: As in `with_secret`.
    """
    own = _hash(secret)
    # The report is read by others before the end is told: who has this has not the other.
    return replace(snippet, files={**snippet.files, SESSION_FILE: own, SEAL_FILE: _hash(own)})


def session_seal(snippet: Snippet) -> str:
    """Return what shows that a report is the driver's own; of a run without a secret, anything."""
    sealed = snippet.files.get(SEAL_FILE)
    return sealed if isinstance(sealed, str) else seal(snippet)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def split_session_end(execution: Execution, snippet: Snippet) -> tuple[Execution, bool | None]:
    """Return the snippet's own execution, and whether it left its session itself, in whatever way.

    Args:
        execution: As in `split_end`.
        snippet: As `with_session_secret` made it; of others, the answer is True.
    """
    return split_line(execution, snippet.files.get(SESSION_FILE), "ended")


def with_ends(execution: Execution, snippet: Snippet) -> Execution:
    """Return what both ends add to an execution: for providers that run nothing."""
    step = execution.steps[-1]
    if not snippet.files or step.exit_code != 0:
        return execution
    secrets = ((snippet.files.get(SESSION_FILE), "ended"), (snippet.files.get(FILE), "reached"))
    said = b"".join(end_line(word, secret) for secret, word in secrets if isinstance(secret, str))
    return replace(
        execution, steps=(*execution.steps[:-1], replace(step, stderr=step.stderr + said))
    )
