"""`--changed`: only blocks whose content git does not have, and nothing of a repository is run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider
from daytona_validate.testing import ran as execution

Check = Callable[..., list[str]]

pytestmark = pytest.mark.slow


def git(*arguments: str) -> None:
    own = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    names = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(
        ["git", *names, *arguments], check=True, capture_output=True, env=os.environ | own
    )


def page(*codes: str, head: str = "") -> str:
    return head + "".join(f"\n```python\n{code}\n```\n" for code in codes)


@pytest.fixture
def course(in_folder: Path) -> Path:
    """A course of two pages in a repository."""
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


def test_nothing_changed_is_nothing_to_run_and_no_failure(ran: Check) -> None:
    assert ran("--changed") == []
    assert ran() == ["a", "b", "c"]


def test_what_moved_is_not_run_and_what_is_new_is(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("b", "a", "d", head="# More\n"))
    (course / "three.md").write_text(page("e"))
    assert ran("--changed") == ["d", "e"]


def test_a_page_with_another_name_has_the_same_blocks(ran: Check, course: Path) -> None:
    (course / "two.md").rename(course / "renamed.md")
    assert ran("--changed=HEAD") == []


def test_another_revision_may_be_named(ran: Check, course: Path) -> None:
    (course / "two.md").write_text(page("c", "f"))
    git("commit", "-qam", "second")
    assert ran("--changed") == []
    assert ran("--changed=HEAD~1") == ["f"]


def test_no_program_of_the_repository_is_run(ran: Check, course: Path, in_folder: Path) -> None:
    trap = f"touch {in_folder}/sprung; cat"
    for name in ("filter.t.clean", "filter.t.smudge", "core.fsmonitor", "diff.external"):
        git("config", name, trap)
    (in_folder / ".gitattributes").write_text("* filter=t diff=t\n")
    (course / "one.md").write_text(page("a", "g"))
    assert ran("--changed") == ["g"]
    assert not (in_folder / "sprung").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("course", "--changed=nowhere"), "--changed: git in"),
        (("course", "--changed", ":/"), "--changed: git in"),
        (("-", "--changed"), "not stdin"),
        (("course", "--changed", "--baseline", "k.json", "--update-baseline"), "whole course"),
    ],
)
def test_what_git_cannot_know_is_refused(
    invoke: Callable[..., Result], course: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = invoke("check", *arguments, stdin="")
    assert refused.exit_code == 2
    assert words in refused.stderr


def test_outside_a_repository_it_says_so(
    invoke: Callable[..., Result], in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_folder / "lone.md").write_text(page("a"))
    assert "not a git repository" in invoke("check", "lone.md", "--changed").stderr
    monkeypatch.setenv("PATH", str(in_folder))
    assert "needs git" in invoke("check", "lone.md", "--changed").stderr
