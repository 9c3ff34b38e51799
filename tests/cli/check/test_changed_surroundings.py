"""`--changed`: a page is run wholly once what it depends on beside its text is not what git has."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from .git_course import Check, commit, git, page

pytestmark = pytest.mark.slow


@pytest.fixture
def listed(invoke: Callable[..., Result], course: Path) -> Callable[[], list[str]]:
    """Return the places, without the folder, of the blocks that would run of what has changed."""

    def places() -> list[str]:
        lines = invoke("check", "course", "--changed", "--list").stdout.splitlines()
        return [line.removeprefix("course/").partition(" ")[0] for line in lines]

    return places


_PYPROJECT = '[project]\nname = "x"\nversion = "{}"\n[tool.daytona-validate]\nsession = "{}"\n'


def test_another_configuration_runs_all_it_counts_for(ran: Check, course: Path) -> None:
    (course / "part").mkdir()
    (course / "part" / "three.md").write_text(page("d"))
    (course / "pyproject.toml").write_text(_PYPROJECT.format(1, "auto"))
    commit()
    (course / "pyproject.toml").write_text(_PYPROJECT.format(2, "auto"))
    assert ran("--changed") == [], "it says the same of the course"
    (course / "pyproject.toml").write_text(_PYPROJECT.format(2, "none"))
    assert ran("--changed") == ["a", "b", "c", "d"]
    (course / "pyproject.toml").unlink()
    assert ran("--changed") == ["a", "b", "c", "d"]
    git("checkout", "-q", ".")
    (course / "part" / "daytona-validate.toml").write_text('session = "none"')
    assert ran("--changed") == ["d"]


def test_another_set_up_file_runs_all_pages(listed: Callable[[], list[str]], course: Path) -> None:
    (course / "daytona-validate.toml").write_text('setup = "first.py"')
    (course / "first.py").write_text("x = 1")
    commit()
    assert listed() == []
    (course / "first.py").write_text("x = 2")
    assert listed() == ["first.py:1", "one.md:2", "one.md:6", "two.md:2"]


def test_a_neighbour_that_is_changed_new_or_gone_runs_all_pages(ran: Check, course: Path) -> None:
    (course / "daytona-validate.toml").write_text('files = ["data/*.csv"]')
    (course / "data").mkdir()
    (course / "data" / "x.csv").write_text("1")
    (course / "data" / "x.txt").write_text("1")
    commit()
    (course / "data" / "x.txt").write_text("2")
    assert ran("--changed") == [], "it is no neighbour"
    (course / "data" / "x.csv").write_text("2")
    assert ran("--changed") == ["a", "b", "c"]
    git("checkout", "-q", ".")
    (course / "data" / "new.csv").write_text("1")
    assert ran("--changed") == ["a", "b", "c"]
    (course / "data" / "new.csv").unlink()
    (course / "data" / "x.csv").rename(course / "data" / "x.dat")
    assert ran("--changed") == ["a", "b", "c"]


def test_an_included_file_is_a_part_of_its_page(ran: Check, course: Path) -> None:
    (course / "code.txt").write_text("no source")
    (course / "sums.py").write_text("1 + 1\n")
    (course / "one.md").write_text(page("a", '--8<-- "sums.py"', "b"))
    commit()
    assert ran("--changed") == []
    (course / "one.md").write_text(page("a", '--8<-- "sums.py"', "d"))
    assert ran("--changed") == ["d"], "what it includes is as it was"
    git("checkout", "-q", ".")
    (course / "sums.py").write_text("1 + 2\n")
    assert ran("--changed") == ["1 + 2", "1 + 2", "a", "b"]
    (course / "sums.py").unlink()
    assert ran("--changed") == ["a", "b"], "the block itself is not runnable now"


def test_a_block_that_is_a_file_runs_its_whole_page(ran: Check, course: Path) -> None:
    """Those above it may import it."""
    shop = "\n```python title=shop.py\n{}\n```\n"
    (course / "one.md").write_text(page("a") + shop.format("price = 1"))
    commit()
    (course / "one.md").write_text(page("a") + shop.format("price = 2"))
    assert ran("--changed") == ["a", "price = 2"]


def test_a_cell_after_a_changed_one_is_run_too(
    listed: Callable[[], list[str]], course: Path
) -> None:
    def notebook(*codes: str) -> str:
        cells = [
            {"cell_type": "code", "source": code, "metadata": {}, "outputs": []} for code in codes
        ]
        kernel = {"kernelspec": {"language": "python", "name": "python3"}}
        return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})

    (course / "three.ipynb").write_text(notebook("d", "e", "f"))
    commit()
    (course / "three.ipynb").write_text(notebook("d", "g", "f"))
    assert listed() == ["three.ipynb:cell[1]:1", "three.ipynb:cell[2]:1"]


def test_a_heading_that_parts_a_session_is_a_change(ran: Check, course: Path) -> None:
    (course / "one.md").write_text(page("a") + page("b", head="# Two\n"))
    assert ran("--changed") == ["b"]
    commit()
    (course / "one.md").write_text(page("a") + page("b", head="# Three\n"))
    assert ran("--changed") == [], "its words do not count"


def test_a_page_that_moved_to_another_configuration_is_run(ran: Check, course: Path) -> None:
    (course / "part").mkdir()
    (course / "part" / "daytona-validate.toml").write_text('session = "none"')
    commit()
    (course / "two.md").rename(course / "part" / "two.md")
    assert ran("--changed") == ["c"]


def test_names_of_any_bytes_are_known(ran: Check, course: Path) -> None:
    first, second = (os.fsdecode(os.fsencode(course) + name) for name in (b"/\xe9.md", b"/\xe8.md"))
    Path(first).write_text(page("d"))
    commit()
    assert ran("--changed") == []
    Path(second).write_text(page("e"))
    commit()
    assert ran("--changed") == ["d", "e"], "both are shown as the same name"


def test_a_link_counts_by_where_it_leads(ran: Check, course: Path) -> None:
    (course / "daytona-validate.toml").write_text('setup = "a.py"')
    (course / "a.py").write_text("x = 1")
    (course / "link.md").symlink_to("two.md")
    commit()
    assert ran("--changed") == []


def test_the_repository_of_a_hook_is_not_the_pages(
    ran: Check, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course / "two.md").write_text(page("c", "d"))
    monkeypatch.setenv("GIT_DIR", "elsewhere/.git")
    assert ran("--changed") == ["d"]


def test_a_shallow_clone_says_what_it_lacks(
    invoke: Callable[..., Result], course: Path, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit_twice = page("c", "d")
    (course / "two.md").write_text(commit_twice)
    commit()
    git("clone", "-q", "--depth=1", f"file://{in_folder}", f"{in_folder}/shallow")
    monkeypatch.chdir(in_folder / "shallow")
    assert invoke("check", "course", "--changed").exit_code == 0
    refused = invoke("check", "course", "--changed=HEAD~1")
    assert refused.exit_code == 2
    assert "has no revision 'HEAD~1'; the clone is shallow" in refused.stderr
