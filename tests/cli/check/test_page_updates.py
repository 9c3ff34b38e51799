"""`check --update-outputs` writes pages, and through no link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._cli.check.page_updates import PageUpdates
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._models import Outcome, Stage
from daytona_validate.testing import FakeProvider, ran
from made_results import made_reported

Invoke = Callable[..., Result]

PAGE = "```python\nprint(1)  # 2\n```\n"
FAKE = {"print(1)  # 2\n": ran("1\n")}
OPTIONS = ("--outputs", "comments", "--update-outputs")


def test_a_page_shows_what_was_printed(invoke: Invoke, in_folder: Path) -> None:
    page = in_folder / "lesson.md"
    page.write_text(PAGE)
    page.chmod(0o640)
    result = invoke("check", "lesson.md", *OPTIONS, provider=FakeProvider(FAKE))
    assert (result.exit_code, page.read_text()) == (1, PAGE.replace("2", "1"))
    assert page.stat().st_mode & 0o777 == 0o640
    assert "updated 1 output that pages show" in result.stderr
    assert [each.name for each in in_folder.iterdir()] == ["lesson.md"]


def test_a_notebook_has_stored_what_was_printed(invoke: Invoke, in_folder: Path) -> None:
    page = in_folder / "lesson.ipynb"
    cell = '{"cell_type": "code",  "source": ["f()"], "outputs": [%s]}'
    output = '{"output_type": "stream", "name": "stdout", "text": "1\\n"}'
    more = '"metadata": {"kernelspec": {"language": "javascript"}}'
    page.write_text(f'{{"cells": [{cell % output}], {more}}}')
    options = ("--outputs", "notebook", "--update-outputs")
    result = invoke("check", ".", *options, provider=FakeProvider({"f()": ran("2\n")}))
    assert "updated 1 output" in result.stderr
    assert page.read_text() == f'{{"cells": [{cell % output.replace("1", "2")}], {more}}}'


def test_without_the_option_nothing_is_written(invoke: Invoke, in_folder: Path) -> None:
    page = in_folder / "lesson.md"
    page.write_text(PAGE)
    assert invoke("check", ".", *OPTIONS[:2], provider=FakeProvider(FAKE)).exit_code == 1
    assert page.read_text() == PAGE


def test_nothing_is_written_through_a_link(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "course").mkdir()
    page = in_folder / "lesson.txt"
    page.write_text(PAGE)
    link = in_folder / "course" / "lesson.md"
    link.symlink_to(page)
    result = invoke("check", str(link), *OPTIONS, provider=FakeProvider(FAKE))
    assert (page.read_text(), link.is_symlink()) == (PAGE, True)
    assert "is not updated: it is no plain file" in result.stderr
    assert "updated 0 outputs" in result.stderr


WRONG = made_reported(
    outcome=Outcome.WRONG_OUTPUT, path=None, output="1\n", stage=Stage.CHECK
).result


def written(path: str, between: Callable[[], object]) -> None:
    """Collect the updates of a path's pages, let something happen, and write them."""
    reading = CollectOptions(outputs=("comments",))
    updates = PageUpdates(is_wanted=True, paths=(path,), reading=reading)
    for course in collect([path], options=reading):
        updates.add(course, WRONG)
    between()
    updates.write(Screen(is_quiet=False))


@pytest.mark.parametrize("path", ["course", "course/part", "course/part/lesson.md"])
@pytest.mark.parametrize("swapped", ["page", "folder"])
def test_a_link_that_is_put_there_while_programs_run_is_not_followed(
    in_folder: Path, path: str, swapped: str, capsys: pytest.CaptureFixture[str]
) -> None:
    part, private = in_folder / "course" / "part", in_folder / "private"
    for folder in (part, private):
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(PAGE)

    def swap() -> None:
        moved = part / "lesson.md" if swapped == "page" else part
        moved.rename(in_folder / "old")
        moved.symlink_to(private / "lesson.md" if swapped == "page" else private)

    written(path, swap)
    assert (private / "lesson.md").read_text() == PAGE
    assert [each.name for each in private.iterdir()] == ["lesson.md"]
    assert "lesson.md is not updated: " in capsys.readouterr().err


def test_a_folder_that_the_user_names_may_be_a_link(in_folder: Path) -> None:
    (in_folder / "real" / "part").mkdir(parents=True)
    (in_folder / "real" / "part" / "lesson.md").write_text(PAGE)
    (in_folder / "linked").symlink_to("real")
    written("linked", lambda: None)
    assert (in_folder / "real" / "part" / "lesson.md").read_text() == PAGE.replace("2", "1")


@pytest.mark.parametrize("now", [PAGE.replace("print", "input"), "x" * (17 * 1024 * 1024)])
def test_a_page_that_is_another_now_is_left_alone(in_folder: Path, now: str) -> None:
    (in_folder / "lesson.md").write_text(PAGE)
    written(".", lambda: (in_folder / "lesson.md").write_text(now))
    assert (in_folder / "lesson.md").read_text() == now
