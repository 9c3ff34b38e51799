"""Which prepared folders nobody needs any more: a plain decision over what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A prepared folder, for people."""

    name: str
    version: str
    source: str
    """Where it was copied from, or what was installed or compiled for it."""
    source_is_there: bool = True
    """False: that was a path of this host, at which nothing is any more."""
    size_bytes: int
    path: Path
    last_used_s: float
    """Unix time."""
    is_in_use: bool = False
    """Whether a process uses it just now."""
    made_for: str = ""
    """The toolchain's folder by name, if it is a library or packages of one."""
    parts: frozenset[str] = frozenset()
    """Of a library."""
    is_whole: bool = False
    """Whether it is a library of which all was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneRules:
    """What `prune` removes beside what is outdated."""

    unused_for_s: float | None = None
    """What nobody has begun to use for so many seconds; None: that does not count."""
    everything: bool = False
    """All that is not in use."""


OUTDATED = PruneRules()


def prunable(
    there: Sequence[Installed],
    current: Mapping[str, tuple[str, str]],
    *,
    rules: PruneRules,
    now_s: float,
) -> Iterator[tuple[Installed, str]]:
    """Yield what can go, each with the reason, toolchains before what was made for them.

    Args:
        there: What is prepared.
        current: From a toolchain's name to the place where this environment has it, and to the
            name of the folder that is prepared from it.
        rules: What else goes.
        now_s: Unix time.
    """
    gone: set[str] = set()
    reasons = {e.path.name: _reason(e, current, rules=rules, now_s=now_s) for e in there}
    staying = [e for e in there if e.is_in_use or reasons[e.path.name] is None]
    for each in sorted(there, key=lambda each: (bool(each.made_for), each.path.name)):
        reason = reasons[each.path.name]
        if reason is None and _is_surpassed(each, staying):
            reason = "a larger one has all of it"
        if each.made_for in gone or (each.made_for and each.made_for not in reasons):
            reason = "its toolchain is gone"
        if reason is not None:
            if not each.is_in_use:
                gone.add(each.path.name)
            yield each, reason


def _reason(
    each: Installed,
    current: Mapping[str, tuple[str, str]],
    *,
    rules: PruneRules,
    now_s: float,
) -> str | None:
    idle_s = now_s - each.last_used_s
    if rules.everything:
        return "everything was asked for"
    if rules.unused_for_s is not None and idle_s >= rules.unused_for_s:
        return f"not used for {idle_s / DAY_S:.0f} days"
    if each.made_for:
        return None
    source, folder = current.get(each.name, ("", ""))
    if each.path.name == folder:
        return None
    if each.source == source:
        return "what it was copied from has changed"
    return None if each.source_is_there else "what it was copied from is gone"


def _is_surpassed(library: Installed, staying: Sequence[Installed]) -> bool:
    return bool(library.parts) and any(
        library.parts < other.parts or (other.is_whole and not library.is_whole)
        for other in staying
        if other.made_for == library.made_for
    )
