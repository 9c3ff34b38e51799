"""What holds in every test: a clean environment, and no blocking call in the event loop."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("DAYTONA_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def blocking_calls_fail() -> Iterator[None]:
    """A blocking call of ours in the event loop is an error, there and then."""
    with blockbuster_ctx("daytona_validate"):
        yield
