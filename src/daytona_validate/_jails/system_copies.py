"""Copies of what jails have of this host's /usr: libraries, locales and time zones.

Bound themselves they would tell what the host does: who watches a folder (inotify) sees by name
what any program opens there. A copy also stays as it is while the host is updated; who starts
afterwards makes another, and shares with the last one the files that have not changed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.copied_file import copied_file
from daytona_validate._jails.folder_use import last_used_s, remove_unused
from daytona_validate._jails.jail import Bind
from daytona_validate._jails.library_choice import Entry
from daytona_validate._jails.system_survey import TREES, Survey, survey
from daytona_validate._jails.whole_copy import whole_copy
from daytona_validate._reason import Reason

PLACE = "libraries"
TRIES = 5
KEPT_S = 7 * 86_400.0
"""How long a copy stays that nobody uses: another system may have the same cache folder."""
_LEFT_OUT = frozenset({"right"})
"""The time zones once more, with leap seconds, which no program asks for by chance."""
_BESIDE = "copied"
"""Folder in the first copy of libraries with the trees: a link to it costs a jail no mount."""
_AT_ONCE = 4
"""Files that are read together: what is not in memory takes long to come from a disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCopies:
    """What jails have of the host's /usr."""

    folder: Path
    """Of the cache, where the copies are."""
    binds: tuple[Bind, ...]
    links: tuple[tuple[str, str], ...]
    """Symbolic links of the jail: (what it points to, where it stands)."""
    left_out: tuple[str, ...]
    """Paths of shared objects and folders of the host that jails do not have."""


@dataclass(frozen=True, slots=True)
class _Making:
    """What a copy is made of, and how."""

    seen: Survey
    look_again: Callable[[], Survey]
    copy: Callable[[str, str], None]


class _Changed(Exception):
    """The host's files are not those any more that were seen."""


def system_copies(
    cache: Path,
    libraries: Sequence[str],
    *,
    trees: Sequence[str] = TREES,
    copy: Callable[[str, str], None] = copied_file,
) -> SystemCopies:
    """Copy what is not copied yet, and return where it is.

    Args:
        cache: The cache folder.
        libraries: Paths of the folders in which the host has libraries, and of single ones.
        trees: As for `survey`.
        copy: Copies one file, from a path to another.

    Raises:
        SandboxUnavailable: The host's libraries change all the time that they are copied; or a
            copy in use has been changed.
        OSError: Something could not be read or written.
    """
    for _ in range(TRIES):
        with suppress(_Changed, FileNotFoundError):
            seen = survey(libraries, trees)
            making = _Making(seen, lambda: survey(libraries, trees), copy)
            folder = _folder(cache / PLACE, making)
            return SystemCopies(
                folder=folder,
                binds=tuple(_binds(seen, folder)),
                links=tuple(_links(seen)),
                left_out=seen.left_out,
            )
    raise SandboxUnavailable(
        "The libraries of this host are being changed, as in an update. Try again afterwards.",
        reason=Reason.HOST_FAILED,
        retryable=True,
    )


def _binds(seen: Survey, folder: Path) -> Iterator[Bind]:
    for path in (*_copied_folders(seen), *(each for each, _ in seen.files)):
        yield Bind(str(_mirrored(folder, path)), path)


def _copied_folders(seen: Survey) -> list[str]:
    return [path for path, choice in seen.libraries if not choice.is_links_alone]


def _links(seen: Survey) -> Iterator[tuple[str, str]]:
    """Yield the links to trees, and those of folders that have nothing else: no mount for each."""
    for path, choice in seen.libraries:
        if choice.is_links_alone:
            yield from ((each.points_to, f"{path}/{each.name}") for each in choice.links)
    for path, _ in seen.trees:
        yield _place(seen, path), path


def _place(seen: Survey, tree: str) -> str:
    return f"{_copied_folders(seen)[0]}/{_BESIDE}/{PurePosixPath(tree).name}"


def _mirrored(folder: Path, path: str) -> Path:
    return folder / path.lstrip("/")


def _folder(place: Path, making: _Making) -> Path:
    seen = making.seen

    def build(aside: Path) -> None:
        try:
            _fill(aside, making, _former(place))
        except OSError as error:
            if making.look_again() == seen:
                raise
            raise _Changed from error
        if making.look_again() != seen or not _is_as_seen(seen, aside):
            raise _Changed

    folder = place / seen.key
    whole_copy(folder, build, has_changed=lambda copy: not _is_as_seen(seen, copy))
    _forget(place, but=folder)
    return folder


def _is_as_seen(seen: Survey, folder: Path) -> bool:
    """Whether the libraries of a copy have their names and sizes."""
    for path, choice in seen.libraries:
        own = str(_mirrored(folder, path))
        try:
            names = set(os.listdir(own))  # noqa: PTH208 - for hundreds, at every start
            sizes = [os.lstat(f"{own}/{each.name}").st_size for each in choice.files]
        except FileNotFoundError:
            return False
        if sizes != [each.size_bytes for each in choice.files]:
            return False
        if not names.issuperset(each.name for each in (*choice.links, *choice.trees)):
            return False
    others = (*(_place(seen, path) for path, _ in seen.trees), *(path for path, _ in seen.files))
    return all(_mirrored(folder, path).exists() for path in others)


def _fill(aside: Path, making: _Making, former: Sequence[Path]) -> None:
    seen, copy = making.seen, making.copy
    for path, choice in seen.libraries:
        own = _mirrored(aside, path)
        own.mkdir(parents=True, exist_ok=True)
        _copy_files(choice.files, aside, path, former, copy)
        for link in choice.links:
            (own / link.name).symlink_to(link.points_to)
        for tree in choice.trees:
            _copy_tree(f"{path}/{tree.name}", own / tree.name, copy)
        for each in choice.left_out:
            if not each.source:  # a folder, in which toolchains may have a place
                (own / each.name).mkdir()
    for path, _ in seen.trees:
        _copy_tree(path, _mirrored(aside, _place(seen, path)), copy)
    for path, file in seen.files:
        _mirrored(aside, path).parent.mkdir(parents=True, exist_ok=True)
        copy(file.source, str(_mirrored(aside, path)))
    for folder in aside.rglob("*/"):
        if not folder.is_symlink():
            folder.chmod(0o755)


def _copy_tree(source: str, target: Path, copy: Callable[[str, str], None]) -> None:
    target.mkdir(parents=True)
    with os.scandir(source) as entries:
        for each in entries:
            place = target / each.name
            if each.is_symlink():
                place.symlink_to(Path(each).readlink())
            elif each.is_dir() and each.name not in _LEFT_OUT:
                _copy_tree(each.path, place, copy)
            elif each.is_file():
                copy(each.path, str(place))


def _copy_files(
    files: Iterable[Entry],
    aside: Path,
    path: str,
    former: Sequence[Path],
    copy: Callable[[str, str], None],
) -> None:
    def share_or_copy(file: Entry) -> None:
        target = _mirrored(aside, f"{path}/{file.name}")
        for each in former:
            if _is_shared(file, _mirrored(each, f"{path}/{file.name}"), target):
                return
        copy(file.source, str(target))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(share_or_copy, files))


def _is_shared(file: Entry, former: Path, target: Path) -> bool:
    """Take a file of a former copy, which nobody writes to either, if it is the same."""
    with suppress(OSError):
        state = former.lstat()
        if (state.st_size, state.st_mtime_ns) == (file.size_bytes, file.mtime_ns):
            target.hardlink_to(former)
            return True
    return False


def _former(place: Path) -> list[Path]:
    if not place.is_dir():
        return []
    return [each for each in place.iterdir() if not each.name.startswith(".")]


def _forget(place: Path, *, but: Path) -> None:
    """Remove copies that nobody has used for long, or could."""
    for each in _former(place):
        with suppress(OSError):
            if each != but and time.time() - last_used_s(each) > KEPT_S:
                remove_unused(each)
