from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from daytona_validate._cli.check.report_targets import ReportTarget, parse_targets
from daytona_validate._cli.report_file import ReportFile
from daytona_validate._errors import ConfigurationError

FORMATS = ("text", "json")


def test_targets_are_read_from_their_options(tmp_path: Path) -> None:
    assert parse_targets([f"json={tmp_path}/a=b.json"], formats=FORMATS) == (
        ReportTarget("json", tmp_path / "a=b.json"),
    )


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["json"], "give FORMAT=PATH, with a FORMAT of text, json"),
        (["json="], "give FORMAT=PATH"),
        (["xml=x"], "give FORMAT=PATH"),
        (["json=."], "is a folder"),
        (["json=no/such/folder/x"], "there is no folder no/such/folder"),
        (["json=x", "text=x"], "named twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_runs(
    texts: list[str], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        parse_targets(texts, formats=FORMATS)


def test_report_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    file = ReportFile(path)
    file.write("new")
    assert path.read_text() == "old"
    file.commit()
    file.discard()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_discarded_report_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    file = ReportFile(path)
    file.write("new")
    file.discard()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_report_through_a_link_replaces_the_file_and_keeps_the_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)
    file = ReportFile(link)
    file.write("new")
    file.commit()
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_report_to_a_device_does_not_replace_the_device() -> None:
    device = Path("/dev/null")
    file = ReportFile(device)
    file.write("new")
    file.commit()
    assert device.is_char_device()


def test_a_full_disk_is_told_with_the_name_of_the_report() -> None:
    file = ReportFile(Path("/dev/full"))
    file.write("new")
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        file.commit()
    file.discard()


def test_a_file_that_may_only_be_read_is_not_replaced() -> None:
    with TemporaryDirectory() as folder:  # tmp_path is closed to all others
        Path(folder).chmod(0o777)
        path = Path(folder) / "o.json"
        path.write_text("old")
        path.chmod(0o444)
        was = os.geteuid()
        if was == 0:  # who may write everything
            os.seteuid(4242)
        try:
            with pytest.raises(
                ConfigurationError, match=r"cannot write .*o\.json: Permission denied"
            ):
                ReportFile(path)
        finally:
            os.seteuid(was)
        assert [each.name for each in Path(folder).iterdir()] == ["o.json"]


def test_links_in_a_circle_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ConfigurationError, match="cannot write"):
        ReportFile(tmp_path / "a")


def test_report_that_cannot_be_written_is_a_configuration_error(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    with pytest.raises(ConfigurationError, match="cannot write"):
        ReportFile(path)


def test_two_runs_do_not_write_one_report(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    first = ReportFile(path)
    with pytest.raises(ConfigurationError, match="another process is writing"):
        ReportFile(path)
    first.write("first")
    first.commit()
    second = ReportFile(path)
    second.discard()
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_saved_can_be_read_beside_the_report_until_that_is_whole(tmp_path: Path) -> None:
    """As after a kill; the next run takes its place."""
    path, part = tmp_path / "r.jsonl", tmp_path / "r.jsonl.part"
    part.write_text("left by a run that was killed\n" * 2)
    file = ReportFile(path)
    file.write("a line\n")
    assert file.has_unsaved
    file.save()
    assert not file.has_unsaved
    assert (part.read_text(), path.exists()) == ("a line\n", False)
    file.commit()
    assert (part.exists(), path.read_text()) == (False, "a line\n")


def test_a_link_in_the_place_of_what_is_unfinished_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("mine")
    (tmp_path / "r.json.part").symlink_to(other)
    with pytest.raises(ConfigurationError, match="cannot write"):
        ReportFile(tmp_path / "r.json")
    assert other.read_text() == "mine"


def test_a_report_goes_to_standard_output_also_where_that_is_a_pipe() -> None:
    program = (
        "from pathlib import Path\n"
        "from daytona_validate._cli.report_file import ReportFile\n"
        "file = ReportFile(Path('/dev/stdout'))\n"
        "file.write('through a pipe')\n"
        "file.commit()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "through a pipe"
