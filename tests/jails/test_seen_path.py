"""Whether the cache folder's place tells programs whose machine this is, and that it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._jails.seen_path import told_by_path

HOME, USER = Path("/home/ann"), "ann"


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/home/ann/.cache/daytona-validate", "lies in your home folder"),
        ("/home/ann", "lies in your home folder"),
        ("/var/tmp/ann_cache", "has your user name in it"),
        ("/var/tmp/ann/cache", "has your user name in it"),
        ("/scratch/cache-of-ann", "has your user name in it"),
    ],
)
def test_a_place_that_tells_is_named_with_the_remedy(folder: str, said: str) -> None:
    text = told_by_path(Path(folder), home=HOME, user=USER) or ""
    assert text.startswith(f"{folder} {said}")
    assert text.endswith("DAYTONA_CACHE_DIR=/var/cache/snippets")


@pytest.mark.parametrize(
    "folder", ["/var/cache/snippets", "/home/annette/cache", "/srv/joann", "/srv/an/n"]
)
def test_a_place_that_tells_nothing_is_not_spoken_of(folder: str) -> None:
    assert told_by_path(Path(folder), home=HOME, user=USER) is None


def test_our_own_name_is_no_users() -> None:
    """A user may be called `daytona`."""
    folder = Path("/var/cache/daytona-validate")
    assert told_by_path(folder, home=None, user="daytona") is None


def test_who_has_no_name_and_no_home_is_not_named() -> None:
    assert told_by_path(Path("/data/cache"), home=None, user=None) is None
    assert told_by_path(Path("/data/cache"), home=Path("/"), user=None) is None
