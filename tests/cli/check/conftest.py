from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider
from daytona_validate.testing import ran as execution

from .git_course import Check, git, page


@pytest.fixture
def course(in_folder: Path) -> Path:
    """A course of two pages in a repository."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed here")
    git("init", "-q")
    folder = in_folder / "course"
    folder.mkdir()
    (folder / "one.md").write_text(page("a", "b"))
    (folder / "two.md").write_text(page("c"))
    git("add", ".")
    git("commit", "-qm", "first")
    return folder


@pytest.fixture
def ran(invoke: Callable[..., Result], course: Path) -> Check:
    """Return the programs that a check of the course runs."""

    def programs(*options: str) -> list[str]:
        seen: list[str] = []

        def answer(snippet: Snippet) -> Execution:
            seen.append(snippet.code.strip())
            return execution("fine\n")

        fake = FakeProvider(answer)
        result = invoke("check", "course", *options, provider=fake)
        assert result.exit_code == 0, result.output
        return sorted(seen)

    return programs
