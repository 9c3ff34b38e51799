"""What of `/proc` a jail has empty."""

from __future__ import annotations

from pathlib import Path

from daytona_validate._jails.proc_covers import telling_files, telling_folders


def test_only_files_that_are_there_and_can_be_read_are_covered(tmp_path: Path) -> None:
    for name, mode in {"cmdline": 0o444, "keys": 0o400, "meminfo": 0o444}.items():
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    assert list(telling_files(tmp_path)) == ["/proc/cmdline"]


def test_only_folders_that_are_there_and_hold_something_are_covered(tmp_path: Path) -> None:
    for name in ("irq/1", "scsi", "sys/kernel"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "bus").touch()
    assert list(telling_folders(tmp_path)) == ["/proc/irq"]
