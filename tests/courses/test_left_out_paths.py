"""Files that git ignores, and excluded ones: not read in a folder, always read by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.not_read import Why
from daytona_validate._courses.collect import Collection, collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.ignore_patterns import IgnorePatterns
from growth import assert_linear


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*paths: str, text: str = "```py\n```\n") -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def pages(collection: Collection) -> list[str]:
    return [str(each.page) for each in collection]


PATTERNS = r"""
# a comment
*.tmp.md
/top.md
build/
docs/*.md
!docs/keep.md
**/deep/x.md
a/**/z.md
logs/**
*.[ch]
[!a]b.md
[^a]c.md
\#literal.md
\!literal.md
sp\ ace.md
trailing.md   
q?.md
s\*r.md
fol*er/
/
!
"""  # noqa: W291 - git takes these spaces off
PATHS_AS_TEXT = """
x.tmp.md d/x.tmp.md top.md d/top.md build/x.md d/build/x.md d/build docs/x.md docs/keep.md
docs/d/x.md deep/x.md d/deep/x.md d/deep/y.md a/z.md a/b/z.md a/b/c/z.md b/z.md logs/x logs/d/x
logs x.c x.h x.o ab.md bb.md ac.md bc.md #literal.md !literal.md literal.md trailing.md q1.md
q.md q12.md s*r.md sxr.md folder/x.md folker d/folder/y/x.md
"""
PATHS = PATHS_AS_TEXT.split()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
def test_patterns_mean_what_git_takes_them_for(folder: Path) -> None:
    write(".gitignore", text=PATTERNS)
    subprocess.run(["git", "init", "-q"], check=True)
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "--verbose", "--non-matching"],
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    by_git = {
        line.rpartition("\t")[2]: not line.startswith("::") and ":!" not in line
        for line in asked.stdout.splitlines()
    }
    assert by_git.keys() == set(PATHS)
    assert {path: _is_ignored(path) for path in PATHS} == by_git


def _is_ignored(path: str) -> bool:
    """Whether a path or a folder around it is ignored."""
    patterns = IgnorePatterns(PATTERNS.split("\n"))
    parts = path.split("/")
    folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
    return any(patterns.ignores(each, is_folder=True) for each in folders) or bool(
        patterns.ignores(path, is_folder=False)
    )


@given(
    lines=st.lists(st.text("ab*?[]!^/\\ #.-")),
    path=st.text("ab/.-*", min_size=1),
    is_folder=st.booleans(),
)
def test_any_pattern_is_read(lines: list[str], path: str, *, is_folder: bool) -> None:
    assert IgnorePatterns(lines).ignores(path, is_folder=is_folder) in (True, False, None)


@pytest.mark.parametrize("piece", ["*a", "**/", "a/**/", "[a", "?*"])
def test_hostile_patterns_take_linear_time(piece: str) -> None:
    pattern = IgnorePatterns([(piece * 200)[:900] + "b"])

    def match(path: str) -> None:
        assert not pattern.ignores(path, is_folder=False)

    assert_linear(match, "a")
    assert_linear(match, "a/")


def test_what_git_ignores_is_left_out_of_folders_and_counted() -> None:
    write(".gitignore", text="drafts/\n*.tmp.md\n")
    write("a/.gitignore", text="!keep.tmp.md\nown.md\n")
    write("x.md", "x.tmp.md", "drafts/x.md", "a/keep.tmp.md", "a/own.md", "a/x.md", "a/x.tmp.txt")
    found = collect(["."])
    assert pages(found) == ["a/keep.tmp.md", "a/x.md", "x.md"]
    assert found.not_read().counts == {Why.IGNORED: 3}
    assert found.not_read().first == {Why.IGNORED: "a/own.md"}


def test_a_named_file_or_folder_is_read_whatever_git_ignores() -> None:
    Path(".git").mkdir()
    write(".gitignore", text="drafts/\n*.tmp.md\n")
    write("drafts/x.md", "drafts/y.tmp.md", "x.tmp.md")
    assert pages(collect(["x.tmp.md", "drafts/x.md"])) == ["x.tmp.md", "drafts/x.md"]
    assert pages(collect(["drafts"])) == ["drafts/x.md", "drafts/y.tmp.md"]


def test_the_rules_of_the_repository_above_count() -> None:
    Path(".git").mkdir()
    write(".gitignore", text="/a/b/x.md\n")
    write("a/.gitignore", text="y.md\n")
    write("a/b/x.md", "a/b/y.md", "a/b/z.md")
    assert pages(collect(["a/b"])) == ["a/b/z.md"]


def test_without_a_repository_nothing_above_the_folder_counts() -> None:
    write(".gitignore", text="x.md\n")
    write("a/x.md")
    assert pages(collect(["a"])) == ["a/x.md"]


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        (["a/*"], ["b/a/x.md", "b/x.md"]),
        (["a/"], ["b/x.md"]),
        (["course/b"], ["a/x.md"]),
        (["b/x.md"], ["a/x.md", "b/a/x.md"]),
        (["*.md", "!b/x.md"], ["b/x.md"]),
        (["nothing"], ["a/x.md", "b/a/x.md", "b/x.md"]),
    ],
)
def test_patterns_of_an_option_exclude(exclude: list[str], left: list[str]) -> None:
    write("course/a/x.md", "course/b/x.md", "course/b/a/x.md")
    found = collect(["./course"], options=CollectOptions(exclude=tuple(exclude)))
    assert pages(found) == [f"course/{each}" for each in left]
    assert (Why.EXCLUDED in found.not_read().counts) is (len(left) < 3)
    assert pages(collect(["course/a/x.md"], options=CollectOptions(exclude=("*",))))


def test_configurations_exclude_below_their_folder() -> None:
    write("daytona-validate.toml", text='exclude = ["/x.md", "old/"]')
    write("a/daytona-validate.toml", text='exclude = "y.md"')
    write("x.md", "y.md", "a/x.md", "a/y.md", "a/old/z.md", "a/b/y.md", "b/x.md")
    found = collect(["."])
    assert pages(found) == ["a/x.md", "b/x.md", "y.md"]
    assert found.not_read().counts == {Why.EXCLUDED: 4}
    assert pages(collect(["a"])) == ["a/old/z.md", "a/x.md"]


def test_a_broken_gitignore_says_nothing() -> None:
    Path(".gitignore").mkdir()
    write("a/.gitignore", text="#" * (1024 * 1024 + 1))
    Path("b").mkdir()
    Path("b/.gitignore").write_bytes(b"\xff\n*.md\n")
    write("a/x.md", "b/x.md")
    assert pages(collect(["."])) == ["a/x.md"]
