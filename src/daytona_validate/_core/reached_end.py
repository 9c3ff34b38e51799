"""Proof that a program reached its end: a secret for its driver, and the line that shows it.

Exit code 0 does not prove that: `sys.exit(0)` in the middle has it, too. So the secret of one run
stands in the work folder, in the file `FILE`. A driver of ours, or what is compiled around the
program, reads and removes it before anything of the program runs. Once the program's last statement
has ended in the ordinary way, it writes `reached SECRET` to stderr; in all other ways it does not.

**Errs.** Who writes so much after it that the line may be in what was not kept is `unavailable`.
Code of the program that means to can find the secret in its memory; no other code has it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from daytona_validate._models import Execution, Snippet

FILE = ".reach-end"
"""Holds the secret. No file of a snippet may have this name."""
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


def end_line(word: str, secret: str) -> bytes:
    """Return the line that tells of an end: the word for it, and the secret of the run."""
    return f"{word} {secret}\n".encode()


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
    return split_line(execution, secret, "reached") if secret else (execution, None)


def split_line(
    execution: Execution, secret: str | bytes | None, word: str
) -> tuple[Execution, bool | None]:
    """Return an execution without its line of an end, and whether it had one; None: not known.

    Args:
        execution: Whose last step ran the program, or would have.
        secret: Of the run; None: nothing was to tell of that end, and the answer is True.
        word: As in `end_line`.
    """
    step = execution.steps[-1]
    if not isinstance(secret, str):
        return execution, True
    line = end_line(word, secret)
    has_reached = True if line in step.stderr else None if step.lost_stderr_bytes else False
    # Other lines with it are what is added to a script, where the program has its script shown.
    rest = re.compile(rb"^.*" + re.escape(secret.encode()) + rb".*\n?", re.MULTILINE)
    own = replace(
        step,
        stderr=rest.sub(b"", step.stderr.replace(line, b"")),
        stdout=rest.sub(b"", step.stdout),
    )
    return replace(execution, steps=(*execution.steps[:-1], own)), has_reached
