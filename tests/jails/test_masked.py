"""Which files of `/proc` a jail has empty."""

from __future__ import annotations

from pathlib import Path

from daytona_validate._jails.base_image import masked


def test_only_what_is_there_and_can_be_read_is_covered(tmp_path: Path) -> None:
    for name, mode in {"cmdline": 0o444, "keys": 0o400, "meminfo": 0o444}.items():
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    assert list(masked(tmp_path)) == ["/proc/cmdline"]
