"""`doctor` says when the place of the cache folder tells programs whose machine this is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from daytona_validate._cli.this_host import cache_place_text
from plain_settings import plain_settings


def _user(home: Path, name: str) -> pwd.struct_passwd:
    return pwd.struct_passwd((name, "x", os.getuid(), os.getgid(), "", str(home), "/bin/sh"))


def test_a_cache_in_the_home_folder_is_told(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the home folder is reached by a link."""
    (open_folder / "home").mkdir(mode=0o755)
    link = open_folder / "link"
    link.symlink_to("home")
    monkeypatch.setattr(pwd, "getpwuid", lambda _: _user(link, "someone"))
    inside = plain_settings(cache_dir=open_folder / "home" / "cache")
    assert "lies in your home folder" in (cache_place_text(inside) or "")
    assert cache_place_text(plain_settings(cache_dir=open_folder / "cache")) is None


def test_a_user_without_a_name_is_told_nothing(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert cache_place_text(plain_settings(cache_dir=open_folder / "cache")) is None
