"""What a page depends on beside its own text, beside what a revision has."""

from __future__ import annotations

import sys

import pytest

from daytona_validate._cli.git_revision import Revision
from daytona_validate._cli.page_surroundings import PageSurroundings


@pytest.mark.slow  # half a second, for the configurations of so many folders
def test_folders_deeper_than_calls_may_be_are_looked_at() -> None:
    path = f"/top/{'d/' * (sys.getrecursionlimit() + 100)}page.md"
    found = PageSurroundings(Revision(folder="/top", objects={}, sizes_bytes={}, links={}))
    assert not found.have_changed(path, is_page=True)
