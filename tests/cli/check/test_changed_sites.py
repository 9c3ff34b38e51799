"""`--changed`: what the site of a page gives to its blocks, and what else of the page counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from .git_course import Check, commit, page

pytestmark = pytest.mark.slow

IMPORTS = "\n    from parcels import {}\n" * 4
"""Indented: imports of a site's page, and no block of it."""


def site(*names: str) -> str:
    return IMPORTS.format(*names) if len(names) > 1 else IMPORTS.replace("{}", names[0])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("conf.py", "doctest_global_setup = 'x = 1'\n", "doctest_global_setup = 'x = 2'\n"),
        ("conf.py", "", "doctest_global_setup = 'x = 2'\n"),
        (
            "conftest.py",
            "def names(doctest_namespace):\n    doctest_namespace['a'] = 3\n",
            "def names(doctest_namespace):\n    doctest_namespace['a'] = 4\n",
        ),
    ],
)
def test_another_set_up_of_the_sites_tests_runs_its_pages(
    ran: Check, course: Path, name: str, before: str, after: str
) -> None:
    (course.parent / name).write_text(before)
    commit()
    (course.parent / name).write_text(f"{before}# a comment\n")
    assert ran("--changed") == [], "it says the same"
    (course.parent / name).write_text(after)
    assert ran("--changed") == (["a", "b"] if name == "conftest.py" else ["a", "b", "c"])


def test_another_import_of_the_sites_pages_runs_those_that_may_need_it(
    ran: Check, course: Path
) -> None:
    (course / "one.md").write_text(page("Box()", "b"))
    (course / "two.md").write_text(page("Boxes", "c"))
    (course / "site.md").write_text(site("Box"))
    commit()
    (course / "site.md").write_text(site("Box", "Bag", "Bag", "Bag"))
    assert ran("--changed") == [], "Box comes from where it came from"
    (course / "site.md").write_text(site("Box").replace("parcels", "parcels.boxes"))
    assert ran("--changed") == ["Box()", "b"]
    (course / "site.md").unlink()
    assert ran("--changed") == ["Boxes", "Box()", "b", "c"] or ran("--changed") == [
        "Box()", "Boxes", "b", "c",
    ], "the site documents no package now"  # fmt: skip


def test_a_file_of_nearly_the_name_that_a_block_reads_is_a_change(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("open('data/box.csv')"))
    commit()
    (course / "other.csv").write_text("1")
    assert ran("--changed") == []
    (course / "boxs.csv").write_text("1")
    assert ran("--changed") == ["open('data/box.csv')"]


def test_a_page_that_moved_to_another_folder_is_run(ran: Check, course: Path) -> None:
    """Its site may be another there."""
    (course / "part").mkdir()
    (course / "two.md").rename(course / "part" / "two.md")
    assert ran("--changed") == ["c"]


def test_what_a_block_below_defines_counts_for_those_above(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("use(box)", "other = 1", "box = 1"))
    commit()
    (course / "one.md").write_text(page("use(box)", "other = 1", "box = 2"))
    assert ran("--changed") == ["box = 2"]
    (course / "one.md").write_text(page("use(box)", "other = 1", "bag = 1"))
    assert ran("--changed") == ["bag = 1", "use(box)"]
    (course / "one.md").write_text(page("use(box)", "other = 1", "box = boxs = 1"))
    assert ran("--changed") == ["box = boxs = 1", "use(box)"], "one may be a slip of the other"


def test_what_a_page_says_around_a_block_is_a_change(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("a") + "\nWords.\n" + page("b") + "\n`a` and `x`.\n")
    commit()
    text = (course / "one.md").read_text()
    (course / "one.md").write_text(text.replace("Words.", "This raises an error."))
    assert ran("--changed") == ["a", "b"], "it is the paragraph after the one, before the other"
    (course / "one.md").write_text(text.replace("`a`", "`c`"))
    assert ran("--changed") == ["a", "b"], "the page no longer names it, and b is above it"
    (course / "one.md").write_text(f"# Head\n\nFar away: `x`.\n\n# Next\n{text}")
    assert ran("--changed") == [], "no block has what it names"
