"""What is prepared in the cache, whoever prepared it, and the removal of what nobody needs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._jails.folder_use import is_in_use, last_used_s, remove_unused
from daytona_validate._toolchains.library import library_name, parts_of
from daytona_validate._toolchains.manifest import MADE_FOR
from daytona_validate._toolchains.prepared_folder import Prepared, trusted
from daytona_validate._toolchains.prune import Installed, PruneRules, prunable
from daytona_validate._toolchains.record import LibraryRecord, ToolchainRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What became of a folder that can go."""

    installed: Installed
    reason: str
    is_removed: bool
    """False: a process uses it, or it was only to be told."""


def installed_in(cache_dir: Path, records: Mapping[str, ToolchainRecord]) -> list[Installed]:
    """Return what is prepared in a cache: toolchains, their libraries, packages. It reads files.

    What another process removes meanwhile is left out.
    """
    libraries = {library_name(name): each.library for name, each in records.items()}
    folders = sorted(cache_dir.iterdir()) if cache_dir.is_dir() else []
    found = [trusted(each) for each in folders if not each.name.startswith(".")]
    installed = (_installed(each, libraries.get(each.manifest.name)) for each in found if each)
    return [each for each in installed if each is not None]


def pruned(
    there: Sequence[Installed],
    current: Mapping[str, tuple[str, str]],
    *,
    rules: PruneRules,
    is_dry_run: bool,
) -> list[Pruned]:
    """Remove what can go and is not in use, and return it and what is in use. It blocks.

    Args:
        there: What is prepared.
        current: As for `prunable`.
        rules: What goes beside what is outdated.
        is_dry_run: Whether nothing is removed.

    Raises:
        OSError: Something could not be removed.
    """
    return [
        Pruned(
            installed=each,
            reason=reason,
            is_removed=not (is_dry_run or each.is_in_use) and remove_unused(each.path),
        )
        for each, reason in prunable(there, current, rules=rules, now_s=time.time())
    ]


def _installed(prepared: Prepared, library: LibraryRecord | None) -> Installed | None:
    manifest = prepared.manifest
    try:
        used_s = last_used_s(prepared.folder)
        parts = frozenset[str]() if library is None else parts_of(library, prepared)
    except FileNotFoundError:
        return None
    return Installed(
        name=manifest.name,
        version=manifest.version,
        source=manifest.source,
        source_is_there=not manifest.source.startswith("/") or Path(manifest.source).exists(),
        size_bytes=manifest.size_bytes,
        path=prepared.folder,
        last_used_s=used_s,
        is_in_use=is_in_use(prepared.folder),
        made_for=str(manifest.key.get(MADE_FOR, "")),
        parts=parts,
        is_whole=library is not None and library.whole in parts,
    )
