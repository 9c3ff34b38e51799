"""A folder that jails can enter; pytest's own are closed to other users."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_for_jails(*, below: str | None = None) -> Iterator[Path]:
    """Hold a folder, by default in the one for temporary files."""
    folder = Path(tempfile.mkdtemp(prefix="daytona-validate-tests-", dir=below))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
