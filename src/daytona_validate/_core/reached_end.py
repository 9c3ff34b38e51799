"""Proof that a program reached its end: a secret for its driver, and the line that shows it.

Exit code 0 does not prove that: `sys.exit(0)` in the middle has it, too. So the secret of one run
stands in the work folder, in the file `FILE`. A driver of ours, or what is compiled around the
program, reads and removes it before anything of the program runs. Once the program's last statement
has ended in the ordinary way, it writes `reached SECRET` to stderr; in all other ways it does not.

**Errs.** Who writes so much after it that the line may be in what was not kept is `unavailable`.
Code in the same process that means to can find the secret in its memory; no other code has it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from daytona_validate._core.tests_account import seal
from daytona_validate._models import Execution, Snippet

FILE = ".reach-end"
"""Holds the secret. No file of a snippet may have this name."""
SESSION_FILE = ".session-end"
"""Holds the secret of a session: its driver writes `ended SECRET` once the snippet has left."""
SEAL_FILE = ".session-seal"
"""Holds what shows that a session's report is its driver's; the other is not known by it."""
NOT_LEFT = "earlier code ended the session, or the snippet did so past its interpreter"
"""Why a session with exit code 0 is no pass: a thread of a library may call `os._exit`."""
MISSED = "it ended before its last statement had"
"""The cause of a failure with exit code 0."""
NOT_KNOWN = "whether its last statement was reached is not in what was kept of its stderr"


def is_asked(snippet: Snippet) -> bool:
    """Return whether the end of a snippet counts: not where it is not run, or is meant to fail."""
    return snippet.must_reach_end and not snippet.check_only and snippet.should_fail is None


def with_secret(snippet: Snippet, secret: str) -> Snippet:
    """Return what is to be run: the same with the secret, if its end counts.

    Args:
        snippet: What intake has let through.
        secret: Unknown to everybody else, and of this one run; letters and digits.
    """
    return replace(snippet, files={**snippet.files, FILE: secret}) if is_asked(snippet) else snippet


def with_end(execution: Execution, snippet: Snippet) -> Execution:
    """Return what a program's end adds to its execution: for providers that run nothing."""
    step = execution.steps[-1]
    if not snippet.files or step.exit_code != 0:
        return execution
    secrets = ((snippet.files.get(SESSION_FILE), "ended"), (snippet.files.get(FILE), "reached"))
    said = b"".join(_line(word, secret) for secret, word in secrets if isinstance(secret, str))
    return replace(
        execution, steps=(*execution.steps[:-1], replace(step, stderr=step.stderr + said))
    )


def _line(word: str, secret: str) -> bytes:
    return f"{word} {secret}\n".encode()


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


def split_end(execution: Execution, snippet: Snippet) -> tuple[Execution, bool | None]:
    """Return the program's own execution, and whether it reached its end; None: it is not known.

    Args:
        execution: Whose last step ran the program, or would have.
        snippet: As `with_secret` made it; where its end does not count, the answer is True.
    """
    if not is_asked(snippet):
        return execution, True
    secret = snippet.files.get(FILE)
    # Where it has none, nobody could have said it.
    return _split(execution, secret, "reached") if secret else (execution, None)


def split_session_end(execution: Execution, snippet: Snippet) -> tuple[Execution, bool | None]:
    """Return the same of whether the snippet left its session itself, in whatever way.

    Args:
        execution: As in `split_end`.
        snippet: As `with_session_secret` made it; of others, the answer is True.
    """
    return _split(execution, snippet.files.get(SESSION_FILE), "ended")


def _split(
    execution: Execution, secret: str | bytes | None, word: str
) -> tuple[Execution, bool | None]:
    step = execution.steps[-1]
    if not isinstance(secret, str):
        return execution, True
    line = _line(word, secret)
    has_reached = True if line in step.stderr else None if step.lost_stderr_bytes else False
    # Other lines with it are what is added to a script, where the program has its script shown.
    rest = re.compile(rb"^.*" + re.escape(secret.encode()) + rb".*\n?", re.MULTILINE)
    own = replace(
        step,
        stderr=rest.sub(b"", step.stderr.replace(line, b"")),
        stdout=rest.sub(b"", step.stdout),
    )
    return replace(execution, steps=(*execution.steps[:-1], own)), has_reached
