"""The folders that stand for a sandbox of Daytona's: root's, and gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daytona_validate._providers.daytona.envelope.command import SandboxPaths
from daytona_validate._providers.daytona.envelope.supervisor import FILE, SOURCE


@contextmanager
def sandbox_folders() -> Iterator[SandboxPaths]:
    """Hold the folders of one sandbox, fit for one run, with the supervisor as a file."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for folder in ("work", "tmp", "ours"):
            (root / folder).mkdir()
        (root / "ours" / "runtime").write_text("sh 1\n")
        (root / "ours" / FILE).write_bytes(SOURCE)
        yield SandboxPaths(
            work=f"{root}/work",
            temporary=f"{root}/tmp",
            guard=f"{root}/tmp/guard",
            ours=f"{root}/ours",
        )
