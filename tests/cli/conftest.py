from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from daytona_validate._cli.program import program
from daytona_validate.testing import FakeProvider

Invoke = Callable[..., Result]


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with nothing set by whoever runs the tests."""
    for name in tuple(os.environ):
        if name.startswith("DAYTONA_") or name in ("CI", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def invoke(in_folder: Path) -> Invoke:
    """Call the command line as a function, with a provider that runs nothing."""

    def call(*args: str, provider: FakeProvider | None = None, stdin: str | None = None) -> Result:
        fake = FakeProvider() if provider is None else provider
        result = CliRunner().invoke(program, list(args), obj=fake, input=stdin)
        assert fake.alive == 0
        return result

    return call
