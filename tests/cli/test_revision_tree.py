"""The folders of a revision are those that its files would have on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._cli.git_revision import Revision
from daytona_validate._cli.revision_tree import RevisionTree
from daytona_validate._course_run.site_tree import DISK, MOST_FOLDERS, below


@pytest.mark.parametrize(
    "names",
    [
        ("docs/x.md", "packages/docs/y.md"),
        ("a/b/c/d.md", "a/c/b/d.md", "b/b/b/b"),
        ("d/a/x", "d/b/a", "d.md"),
        ("one.md", "docs/two.md", "docs/deep/three.md"),
    ],
)
def test_its_folders_are_those_of_the_disk(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    objects = dict.fromkeys(names, "")
    tree = RevisionTree(Revision(folder=str(tmp_path), objects=objects, sizes_bytes={}, links={}))
    assert [*below(tree, tmp_path)] == [*below(DISK, tmp_path)]
    for path in tmp_path.rglob("*"):
        assert tree.has(path)
        assert tree.entries(path) == DISK.entries(path)


def test_folders_as_deep_as_paths_are_long_are_walked() -> None:
    name = "d/" * 2 * MOST_FOLDERS + "page.md"
    tree = RevisionTree(
        Revision(folder="/top", objects={name: "", "one.md": ""}, sizes_bytes={}, links={})
    )
    found = [*below(tree, Path("/top"))]
    assert found[:3] == [Path("/top/d"), Path("/top/one.md"), Path("/top/d/d")]
    assert len(found) == MOST_FOLDERS + 1
