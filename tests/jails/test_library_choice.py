"""Which of a folder's libraries jails have."""

from __future__ import annotations

import pytest

from daytona_validate._core.limits import MIB
from daytona_validate._jails.library_choice import Choice, Entry, chosen, is_shared_object


def _file(name: str, size_mib: int = 1) -> Entry:
    return Entry(name, size_mib * MIB, 1, source=f"/usr/lib/{name}")


def _names(entries: tuple[Entry, ...]) -> list[str]:
    return [each.name for each in entries]


@pytest.mark.parametrize("name", ["libc.so.6", "libz.so", "ld-2.31.so", "ld-linux-x86-64.so.2"])
def test_a_shared_object_is_known_by_its_name(name: str) -> None:
    assert is_shared_object(name)


@pytest.mark.parametrize("name", ["libc.a", "crt1.o", "pkgconfig", "libz.sod", "so"])
def test_other_names_are_none(name: str) -> None:
    assert not is_shared_object(name)


def test_large_engines_are_left_out_and_what_leads_to_them() -> None:
    found = chosen(
        [
            *(_file("libz.so.1.2"), _file("libLLVM-15.so.1", 112), _file("libicudata.so.72.1", 30)),
            *(Entry("libz.so.1", points_to="libz.so.1.2"), Entry("libz.so", points_to="libz.so.1")),
            Entry("libLLVM-15.0.so", points_to="libLLVM-15.so.1"),
            Entry("ld-linux.so.2", points_to="/lib/x/ld-linux.so.2"),
            Entry("libgone.so", points_to="libgone.so.1"),
        ]
    )
    assert _names(found.files) == ["libicudata.so.72.1", "libz.so.1.2"]
    assert _names(found.links) == ["ld-linux.so.2", "libz.so", "libz.so.1"]
    assert _names(found.left_out) == ["libLLVM-15.so.1"]


def test_links_that_go_round_lead_nowhere() -> None:
    found = chosen([Entry("a.so", points_to="b.so"), Entry("b.so", points_to="a.so")])
    assert found == Choice(files=(), links=(), trees=(), left_out=())


def test_of_folders_those_are_copied_that_libraries_load_from() -> None:
    found = chosen([Entry("gconv"), Entry("dri"), Entry("perl-base")])
    assert _names(found.trees) == ["gconv", "perl-base"]
    assert _names(found.left_out) == ["dri"]
    assert not found.is_links_alone


def test_a_folder_may_have_links_alone() -> None:
    assert chosen([Entry("ld.so.2", points_to="/lib/x/ld.so.2")]).is_links_alone
