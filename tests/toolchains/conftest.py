"""A cache of toolchains to share, and one that starts empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import Toolchains
from folder_for_jails import folder_for_jails


@pytest.fixture
def empty_cache() -> Iterator[Path]:
    # Not in /tmp, of which every jail has its own: a library is put here and seen in one.
    with folder_for_jails(below="/var/tmp") as folder:
        yield folder


@pytest.fixture
def toolchains(jail_cache_dir: Path, jail_runner: JailRunner) -> Toolchains:
    return Toolchains(jail_cache_dir, jail_runner)
