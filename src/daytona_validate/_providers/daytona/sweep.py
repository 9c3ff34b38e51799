"""Sweep of orphans: sandboxes of ours that no process will remove any more.

The service ends them by itself, by limits that each was made with. A sweep does not wait for
that, and finds those that an old server gives no such limits.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daytona_validate._providers.daytona.creation_body import APP
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service

LABELS = {"app": APP}
CLOSE_S = 120.0
"""How long removals may take that the service refuses at first: each tries for a minute."""
EACH_S = 0.5
"""What each may take on top of that, where there are thousands; mostly it is some milliseconds."""
_GOING = frozenset({"destroyed", "destroying"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep found and did."""

    found: tuple[SandboxAnswer, ...]
    """The oldest first."""
    removed: int = 0
    left: int = 0
    """Sandboxes whose deletion could not be confirmed."""


async def sweep(
    service: Service,
    older_than_s: float,
    *,
    now: datetime,
    is_dry_run: bool = False,
    on_found: Callable[[tuple[SandboxAnswer, ...]], None] = lambda _: None,
    in_use: Container[str] = (),
    removals: Removals | None = None,
) -> Swept:
    """Remove the sandboxes of ours that are older than something.

    Args:
        service: Sends the requests.
        older_than_s: Younger ones may be in use, by somebody else with the same organization.
        now: The time, with its zone.
        is_dry_run: Whether they are only looked for.
        on_found: Told what was found, before anything is removed.
        in_use: Names of those that are left alone, however old.
        removals: Remove them; None: they are made.

    Raises:
        ServiceFailure: Sandboxes cannot be listed.
    """
    before = now - timedelta(seconds=older_than_s)
    there = await leftovers(service, before)
    found = tuple(each for each in there if each.name not in in_use)
    on_found(found)
    if is_dry_run:
        return Swept(found=found)
    removals = removals or Removals(service)
    for each in found:
        removals.remove_soon(each.id)
    await removals.aclose(CLOSE_S + EACH_S * len(found))
    return Swept(found=found, removed=removals.removed, left=removals.left)


async def leftovers(service: Service, before: datetime) -> tuple[SandboxAnswer, ...]:
    """Return the sandboxes of ours that were made before a time, the oldest first.

    Raises:
        ServiceFailure: They cannot be listed.
    """
    found: dict[str, SandboxAnswer] = {}
    cursor: str | None = None
    seen: set[str] = set()
    while True:
        page, cursor = await service.sandboxes(labels=LABELS, created_before=before, cursor=cursor)
        found |= {each.id: each for each in page if _is_leftover(each, before)}
        if cursor is None or cursor in seen:
            return tuple(found.values())
        seen.add(cursor)


def created_at(sandbox: SandboxAnswer) -> datetime | None:
    """Return when a sandbox was made, as the service or its own label says; None: neither."""
    if sandbox.created_at is not None:
        return sandbox.created_at
    try:
        return datetime.fromtimestamp(int(sandbox.labels.get("created", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _is_leftover(sandbox: SandboxAnswer, before: datetime) -> bool:
    """Look again at what was asked for: a server that knows no such filter lists everything."""
    made = created_at(sandbox)
    is_ours = all(sandbox.labels.get(name) == value for name, value in LABELS.items())
    is_going = sandbox.desired_state == "destroyed" or sandbox.state in _GOING
    return is_ours and not is_going and made is not None and made < before
