"""A cache folder of a test's own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def cache(open_folder: Path) -> Path:
    return open_folder
