"""This host's local sandboxes: whether they isolate, and which toolchains there are."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.printable import one_line
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._linux_only import refuse_other_systems
from daytona_validate._models import Limits
from daytona_validate._settings import Settings

if sys.platform != "win32":
    import pwd

if TYPE_CHECKING:  # it is Linux's
    from daytona_validate._toolchains.toolchains import Toolchains


@dataclass(frozen=True, slots=True)
class ToolchainState:
    """One toolchain on this host."""

    name: str
    is_usable: bool
    text: str
    """Its version as the sandbox itself reports it, or why it cannot be used."""


@asynccontextmanager
async def local_toolchains(
    settings: Settings, on_notice: Callable[[str], None]
) -> AsyncIterator[Toolchains]:
    """Hold the toolchains of this host.

    Raises:
        SandboxUnavailable: This host does not isolate; the message says what to change.
    """
    refuse_other_systems()
    from daytona_validate._providers.local import LocalProvider

    provider = LocalProvider(settings, on_notice)
    try:
        yield await provider.toolchains()
    finally:
        await provider.aclose()


def isolation_texts() -> tuple[str, ...]:
    """Return what enforces the limits of local sandboxes, once isolation is proven.

    The first says what does; the second, if there is one, what is weaker so, and what would help.
    It creates and removes control groups, so it blocks: not in the event loop.
    """
    from daytona_validate._jails.cgroup_advice import WEAKER, advice, groups_of_host
    from daytona_validate._jails.cgroup_places import UNIFIED
    from daytona_validate._jails.cgroups import Cgroups

    found = Cgroups.find(Limits())
    if UNIFIED in found.kinds:
        return (f"proven; limits by cgroup v2, in {found.places[0].parent}",)
    by_groups = f"proven; limits by cgroup v1 ({', '.join(sorted(found.kinds))})"
    if found.counts_memory:
        return (by_groups,)
    text = (
        f"{by_groups}, and a watcher of memory and files"
        if found.kinds
        else "proven; limits per process (rlimits), and a watcher of memory and files, as no "
        "cgroup can be made here"
    )
    what_helps = advice(groups_of_host(os.environ))
    with_one = f"; to have one: {what_helps}" if what_helps else ""
    return (text, f"without a cgroup that counts them, {WEAKER}{with_one}")


def cache_place_text(settings: Settings) -> str | None:
    """Return what programs learn of the user from the cache folder's place; None: nothing."""
    from daytona_validate._jails.cache_folder import cache_folder
    from daytona_validate._jails.seen_path import told_by_path

    entry = None
    with suppress(KeyError):  # as in a container whose user has no name
        entry = pwd.getpwuid(os.getuid())
    return told_by_path(
        cache_folder(settings.cache_dir).resolve(),
        home=Path(entry.pw_dir).resolve() if entry else None,
        user=entry.pw_name if entry else None,
    )


def core_pattern_text() -> str | None:
    """Return what is to be known of this host's handler of crashes; None: cores are files."""
    try:
        pattern = Path("/proc/sys/kernel/core_pattern").read_text(errors="replace")
    except OSError:
        return None
    return core_handler_text(pattern)


def warm_text(settings: Settings) -> str:
    """Return which compilers keep running on this host, and from when on."""
    from daytona_validate._toolchains.warm.tools import KINDS

    if settings.warm == "off":
        return "off: every compiler starts anew (DAYTONA_WARM)"
    kinds = (f"{LANGUAGES[name].title}'s after {kind.pays_after}" for name, kind in KINDS.items())
    return f"compilers keep running, {' and '.join(kinds)} snippets; DAYTONA_WARM=off: none does"


def core_handler_text(pattern: str) -> str | None:
    """Return the same for the text of the kernel's setting."""
    if not pattern.startswith("|"):
        return None
    return (
        f"crashes start a program of this host as root (kernel.core_pattern: "
        f"{one_line(pattern.strip(), 80)}); those of sandboxes do not, by a limit of 1 byte"
    )


def toolchain_names() -> tuple[str, ...]:
    """Return the toolchains that the languages need, each once."""
    return tuple(dict.fromkeys(language.toolchain for language in LANGUAGES.values()))


async def toolchain_state(
    toolchains: Toolchains, name: str, *, parts: frozenset[str] | None = None
) -> ToolchainState:
    """Prepare a toolchain if it is not, with some parts of its library or all; return its state."""
    try:
        toolchain = await toolchains.prepare(name, parts=parts)
    except SandboxUnavailable as error:
        return ToolchainState(name, is_usable=False, text=str(error))
    return ToolchainState(name, is_usable=True, text=toolchain.version)


async def toolchain_states(
    settings: Settings, on_notice: Callable[[str], None]
) -> list[ToolchainState]:
    """Return the state of every toolchain that a language needs.

    Raises:
        SandboxUnavailable: This host does not isolate; the message says what to change.
    """
    async with local_toolchains(settings, on_notice) as toolchains:
        return [  # as little of a library as shows that it can be made
            await toolchain_state(toolchains, name, parts=frozenset()) for name in toolchain_names()
        ]
