from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._cli.report_files import ReportFile, ReportTarget, parse_targets
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


def test_report_that_cannot_be_written_is_a_configuration_error(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    with pytest.raises(ConfigurationError, match="cannot write"):
        ReportFile(path)
