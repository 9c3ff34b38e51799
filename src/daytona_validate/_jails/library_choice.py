"""Which of the host's libraries jails have: a plain decision over what stands in a folder.

Nobody can tell what a program will load by name, so there is no list of names: it is every shared
object that stands directly in a folder of libraries, but for the large ones. Those are engines of
compilers, browsers and video (LLVM, WebKit), half of all bytes, in a few files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from daytona_validate._core.limits import MIB

LARGEST_BYTES = 8 * MIB

_OF_ANY_SIZE = ("ld-", "libc.", "libicudata.", "libpython3.")
"""What more than one program of a jail needs, PostgreSQL among them."""

PLUG_INS = frozenset(
    {
        *("blas", "engines-1.1", "engines-3", "gconv", "krb5", "lapack", "locale"),
        *("nss", "ossl-modules", "perl", "perl-base", "perl5", "sasl2"),
    }
)
"""Folders of what libraries load by themselves: encodings, ciphers, locales, linear algebra; and
those of perl, in which the emulator's machines run their commands."""


class Entry(NamedTuple):
    """What stands in a folder of libraries: a file, a link, or a folder."""

    name: str
    size_bytes: int = 0
    mtime_ns: int = 0
    source: str = ""
    """Of a file: where it is read from, elsewhere if a link leads there. Empty: it is none."""
    points_to: str = ""
    """Of a link: a neighbour's name, or an absolute path in another folder of libraries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of a folder is copied, and what is not."""

    files: tuple[Entry, ...]
    links: tuple[Entry, ...]
    trees: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    """Shared objects, and folders."""

    @property
    def is_links_alone(self) -> bool:
        """Whether there is nothing to copy, as in Debian's /usr/lib64."""
        return not (self.files or self.trees or self.left_out)


def is_shared_object(name: str) -> bool:
    """Whether a name is one of a shared library, as `libc.so.6` or `ld-2.31.so`."""
    return name.endswith(".so") or ".so." in name


def chosen(entries: Iterable[Entry]) -> Choice:
    """Return what of a folder's entries is copied."""
    ordered = sorted(entries, key=lambda each: each.name)
    named = {each.name: each for each in ordered}
    folders = [each for each in ordered if not (each.source or each.points_to)]
    return Choice(
        files=tuple(each for each in ordered if _is_fit(each)),
        links=tuple(each for each in ordered if each.points_to and _leads_to_fit(each, named)),
        trees=tuple(each for each in folders if each.name in PLUG_INS),
        left_out=(
            *(each for each in ordered if each.source and not _is_fit(each)),
            *(each for each in folders if each.name not in PLUG_INS),
        ),
    )


def _is_fit(entry: Entry) -> bool:
    if not (entry.source and is_shared_object(entry.name)):
        return False
    return entry.size_bytes <= LARGEST_BYTES or entry.name.startswith(_OF_ANY_SIZE)


def _leads_to_fit(link: Entry, named: Mapping[str, Entry]) -> bool:
    seen = {link.name}
    while link.points_to:
        if link.points_to.startswith("/"):
            return True
        found = named.get(link.points_to)
        if found is None or found.name in seen:
            return False
        seen.add(found.name)
        link = found
    return _is_fit(link)
