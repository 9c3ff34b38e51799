"""A course in a repository of git, for the tests of `--changed`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

Check = Callable[..., list[str]]


def git(*arguments: str) -> None:
    """Call git in the working folder, with no configuration but the repository's."""
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    names = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(
        ["git", *names, *arguments], check=True, capture_output=True, env=os.environ | own
    )


def commit() -> None:
    """Commit all there is."""
    git("add", "-A")
    git("commit", "-qm", "another")


def page(*codes: str, head: str = "") -> str:
    """Return a page with some blocks of Python."""
    return head + "".join(f"\n```python\n{code}\n```\n" for code in codes)
