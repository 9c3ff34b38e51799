from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import Snippet, Validator
from daytona_validate.testing import FakeProvider


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Validator]:
    """Make a validator over a provider; settings are environment variables, read on entering."""
    monkeypatch.chdir(tmp_path)

    def make(provider: Any, *, concurrency: int | None = None, **variables: Any) -> Validator:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        return Validator(provider=provider, concurrency=concurrency)

    return make


@pytest.fixture
def fake() -> FakeProvider:
    """Every program passes."""
    return FakeProvider()


@pytest.fixture
def numbered() -> Callable[[int], list[Snippet]]:
    """Make snippets that print their number."""
    return lambda count: [Snippet(code=f"print({n})", language="python") for n in range(count)]
