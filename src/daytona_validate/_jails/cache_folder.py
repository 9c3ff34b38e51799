"""The cache on disk, for what jails need there: commands, toolchains, packages.

It must be readable by everyone, as jails of a root caller run under an id that owns nothing,
and writable by nobody but us, as what lies in it is run.

Each folder in it is filled beside its place, under the lock of a file beside it. The kernel lets
go of that lock when its holder dies, in whatever container, which a process id would not tell from
outside: what is unfinished and not locked was left by a process that was killed.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from daytona_validate._core.printable import one_line
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.trusted_way import distrusted_way, unmapped_owner
from daytona_validate._reason import Reason
from daytona_validate._runtime.file_lock import exclusive_if_free
from daytona_validate._systems import user_id

NAME = "daytona-validate"
COPIES = "owned-copies"
"""In a folder of the cache: where copies of parts of it are made later, for other ids."""
_PARTIAL, _LOCK = ".partial", ".lock"
_ADVICE = "Name another one in DAYTONA_CACHE_DIR."
_MOST_SAID = 300
_FULL = (errno.ENOSPC, errno.EDQUOT)


def default_cache_folder(environment: Mapping[str, str], *, uid: int | None) -> Path:
    """Return `/var/cache/…` for root, whose home is closed to others, else the user's own cache.

    Args:
        environment: The variables of this process.
        uid: The user; None on Windows, where it is below LOCALAPPDATA.
    """
    if uid == 0:
        return Path("/var/cache") / NAME
    base = environment.get("LOCALAPPDATA" if uid is None else "XDG_CACHE_HOME") or ""
    if Path(base).is_absolute():
        return Path(base) / NAME
    try:
        return Path(environment.get("HOME") or "~").expanduser() / ".cache" / NAME
    except RuntimeError as error:  # HOME is not set, and the system does not know this user
        raise SandboxUnavailable(
            f"There is no home folder for the cache. {_ADVICE}", reason=Reason.HOST_FAILED
        ) from error


def cache_folder(wanted: Path | None = None) -> Path:
    """Return the cache folder, made if need be; None means the default one.

    Raises:
        SandboxUnavailable: It cannot be made, others could change it or put another in its place,
            or jails cannot enter it. The fault of who set up the host; the message says what to
            change.
    """
    folder = (wanted or default_cache_folder(os.environ, uid=user_id())).absolute()
    try:
        reason = _distrusted_way(folder)
        if reason is None:
            _make(folder)
            # Once more: in a folder such as /tmp, others may have made a part of it meanwhile.
            reason = _distrusted_way(folder) or _distrust(folder.lstat()) or _closed(folder)
    except OSError as error:
        raise SandboxUnavailable(
            f"The cache folder {folder} cannot be used: {error.strerror}. {_ADVICE}",
            reason=Reason.HOST_FAILED,
        ) from error
    if reason is not None:
        raise SandboxUnavailable(
            f"The cache folder {folder} {reason}. {_ADVICE}", reason=Reason.HOST_FAILED
        )
    return folder


def why_not_filled(error: OSError, folder: Path) -> str:
    """Return, as one line for people, why something could not be put into the cache.

    Args:
        error: What was raised.
        folder: Of the cache; named where the error names no file.
    """
    said = one_line(error.strerror or str(error), _MOST_SAID)
    advice = f"; make room, or name another cache folder than {folder} in DAYTONA_CACHE_DIR"
    return f"{error.filename or folder}: {said}{advice if error.errno in _FULL else ''}"


def private_folder(name: str, cache_dir: Path | None = None) -> Path:
    """Return a folder in the cache that only we can enter, made if need be.

    Args:
        name: Of the folder.
        cache_dir: The cache folder; None: the default one.

    Raises:
        OSError: It cannot be made; `PermissionError`: it is a link, or others can enter it.
        SandboxUnavailable: As for `cache_folder`.
    """
    folder = cache_folder(cache_dir) / name
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    is_open = found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    is_others = user_id() is not None and (found.st_uid != user_id() or is_open)
    if not stat.S_ISDIR(found.st_mode) or is_others:
        raise PermissionError(f"{folder} is not ours alone")
    return folder


def published(folder: Path, build: Callable[[Path], None]) -> Path:
    """Return a folder that is either absent or whole; build it aside and rename it if absent.

    Two processes may do so at once: the first to finish wins, the other's work is dropped.
    Everything in it becomes readable for all, whatever the umask.
    """
    if folder.is_dir():
        return folder
    folder.parent.mkdir(mode=0o755, exist_ok=True)
    folder.parent.chmod(0o755)
    with _aside(folder) as aside:
        try:
            build(aside)
            aside.chmod(0o755)
            aside.rename(folder)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
    return folder


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Hold a new folder beside another, under a lock that says that somebody fills it."""
    while True:
        place = folder.with_name(f"{folder.name}-{secrets.token_hex(8)}")
        with exclusive_if_free(lock_of(place)) as is_ours:
            if not is_ours:
                continue  # a sweep was faster
            partial = partial_of(place)
            partial.mkdir(mode=0o700)
            try:
                yield partial
            finally:
                shutil.rmtree(partial, ignore_errors=True)
            return


def _make(folder: Path) -> None:
    """Make what is missing, whatever the umask: for root the way there must be open as well."""
    for each in reversed((folder, *folder.parents)):
        if not each.is_dir():
            each.mkdir(exist_ok=True)
            if each == folder or user_id() == 0:
                each.chmod(0o755)


def _distrusted_way(folder: Path) -> str | None:
    user = user_id()
    if user is None:
        return None  # Windows: a folder of the user's profile is the user's
    return distrusted_way(folder, user=user, unmapped=unmapped_owner())


def _distrust(found: os.stat_result) -> str | None:
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        return "is not a folder"
    if user_id() is None:
        return None  # Windows: a folder of the user's profile is the user's
    if found.st_uid != user_id():
        return f"belongs to the user {found.st_uid}, who could change what is run"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by others, who could change what is run (chmod go-w)"
    return None


def _closed(folder: Path) -> str | None:
    if user_id() != 0:
        return None  # a jail of a plain user reaches what the user reaches
    for each in (folder, *folder.parents):
        if not each.stat().st_mode & stat.S_IXOTH:
            return f"cannot be entered by sandboxes, as {each} is closed to others"
    return None


def partial_of(folder: Path) -> Path:
    """Return where a folder is filled before it takes its place."""
    return folder.with_name(f".{folder.name}{_PARTIAL}")


def lock_of(folder: Path) -> Path:
    """Return the file whose lock is held while a folder is filled."""
    return folder.with_name(f".{folder.name}{_LOCK}")


def sweep_unfinished(cache: Path) -> None:
    """Remove what killed processes left in the cache, in its folders and in their copies.

    Raises:
        OSError: The cache cannot be read or written.
    """
    for folder in _unfinished(cache):
        with exclusive_if_free(lock_of(folder)) as is_left_over:
            if is_left_over:
                shutil.rmtree(partial_of(folder), ignore_errors=True)


def _unfinished(cache: Path) -> Iterator[Path]:
    """Yield the place of each folder that has a lock or a partial copy, perhaps twice."""
    for pattern in (".*", "*/.*", f"*/{COPIES}/.*"):
        for each in list(cache.glob(pattern)):
            if each.suffix in (_PARTIAL, _LOCK):
                yield each.with_name(each.stem.removeprefix("."))
