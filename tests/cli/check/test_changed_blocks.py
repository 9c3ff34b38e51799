"""`--changed`: only blocks whose content git does not have, and nothing of a repository is run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._cli.changed_blocks import changed_blocks
from daytona_validate._courses.collect_options import CollectOptions

from .git_course import Check, commit, git, page

pytestmark = pytest.mark.slow


def test_nothing_changed_is_nothing_to_run_and_no_failure(ran: Check) -> None:
    assert ran("--changed") == []
    assert ran() == ["a", "b", "c"]


def test_what_moved_is_not_run_and_what_is_new_is(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("a", "b", "d", head="# More\n"))
    (course / "three.md").write_text(page("e"))
    assert ran("--changed") == ["d", "e"]


def test_what_is_below_a_change_on_its_page_is_run_too(ran: Check, course: Path) -> None:
    """It may have needed what was there; blocks of another language do not."""
    (course / "one.md").write_text(page("a", "b", "c") + "\n```sql\nd\n```\n")
    git("commit", "-qam", "second")
    (course / "one.md").write_text(page("a", "e", "c") + "\n```sql\nd\n```\n")
    assert ran("--changed") == ["c", "e"]
    (course / "one.md").write_text(page("a", "c") + "\n```sql\nd\n```\n")
    assert ran("--changed") == ["c"]


def test_a_mark_and_an_output_that_is_shown_are_changes(ran: Check, course: Path) -> None:
    shown = page("print(1)") + "\n```output\n{}\n```\n"
    (course / "one.md").write_text(shown.format("other"))
    (course / "two.md").write_text(page("c").replace("python", "python skip"))
    git("commit", "-qam", "second")
    assert ran("--changed", "--outputs=fences") == []
    (course / "one.md").write_text(shown.format("fine"))
    (course / "two.md").write_text(page("c"))
    assert ran("--changed", "--outputs=fences") == ["c", "print(1)"]


def test_what_a_folders_configuration_says_of_reading_held_before_too(
    ran: Check, course: Path
) -> None:
    (course / "daytona-validate.toml").write_text('strip = ["!"]\noutputs = "comments"')
    (course / "two.md").write_text(page("c!"))
    commit()
    (course / "two.md").write_text(page("c!", "d!"))
    assert ran("--changed") == ["d"]


def test_what_is_larger_than_is_ever_read_has_changed(course: Path) -> None:
    """None of it is read into memory, and none of it is known."""
    one = str(course / "one.md")
    (course / "one.md").write_text(page("a", "b", "c"))
    known = changed_blocks((one,), "HEAD", reading=CollectOptions())
    assert [len(each) for each in known.former.values()] == [2]
    small = changed_blocks((one,), "HEAD", reading=CollectOptions(max_file_bytes=20))
    assert [len(each) for each in small.former.values()] == [0]


def test_a_page_with_another_name_has_the_same_blocks(ran: Check, course: Path) -> None:
    (course / "two.md").rename(course / "renamed.md")
    assert ran("--changed=HEAD") == []


def test_another_revision_may_be_named(ran: Check, course: Path) -> None:
    (course / "two.md").write_text(page("c", "f"))
    git("commit", "-qam", "second")
    assert ran("--changed") == []
    assert ran("--changed=HEAD~1") == ["f"]


@pytest.mark.parametrize("arguments", [("--changed", "course"), ("--changed", ".", "--quiet")])
def test_a_path_behind_it_is_no_revision(
    invoke: Callable[..., Result], course: Path, arguments: tuple[str, ...]
) -> None:
    (course / "two.md").write_text(page("print(1)"))
    result = invoke("check", *arguments, "--list")
    assert "course/two.md:2" in result.stdout
    assert "one.md" not in result.stdout


def test_no_path_at_all_is_refused(invoke: Callable[..., Result], course: Path) -> None:
    assert course.is_dir()
    for arguments in (("--changed", "nowhere"), ("--changed",), ("--", "--changed", "course")):
        refused = invoke("check", *arguments)
        assert refused.exit_code == 2
    assert "Missing argument 'PATH...'" in invoke("check", "--changed", "nowhere").stderr


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
        (("course", "--changed=nowhere"), "has no revision 'nowhere'\n"),
        (("course", "--changed", ":/"), "has no revision"),
        (("--changed", "course", "course/one.md"), "it is a path: write --changed=HEAD before it"),
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


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_outside_a_repository_it_says_so(
    invoke: Callable[..., Result], in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_folder / "lone.md").write_text(page("a"))
    assert "not a git repository" in invoke("check", "lone.md", "--changed").stderr
    monkeypatch.setenv("PATH", str(in_folder))
    assert "needs git" in invoke("check", "lone.md", "--changed").stderr
