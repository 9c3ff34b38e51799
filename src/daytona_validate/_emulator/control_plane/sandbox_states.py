"""What a sandbox is to the control plane, and the ways from one state into another.

Pure: each transition takes a record and returns the next one, or refuses. Moments are seconds
since the epoch. The rules are those of the platform's own server, v0.190.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

from daytona_validate._emulator.refusals import HttpRefusal


class SandboxState(StrEnum):
    """The states that an emulated sandbox can be in; Daytona has more."""

    PENDING_BUILD = "pending_build"
    BUILDING = "building_snapshot"
    CREATING = "creating"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    STARTING = "starting"
    ERROR = "error"
    BUILD_FAILED = "build_failed"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"


FAILED = (SandboxState.ERROR, SandboxState.BUILD_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxResources:
    """What a sandbox may use at most."""

    cpu: int = 1
    memory_gib: int = 1
    disk_gib: int = 3


STANDARD = SandboxResources()
"""Those of the default snapshot, and of a build that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRow:
    """Sandbox record: one row of the control plane."""

    id: str
    name: str
    snapshot: str | None
    """The snapshot's name; None: built from a Dockerfile of its own."""
    dockerfile: str | None = None
    resources: SandboxResources = STANDARD
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str = "daytona"
    target: str = "us"
    is_public: bool = False
    is_network_blocked: bool = False
    network_allow_list: str | None = None
    domain_allow_list: str | None = None
    auto_stop_min: int = 15
    """Minutes without activity after which it is stopped; 0: never."""
    auto_archive_min: int = 7 * 24 * 60
    auto_delete_min: int = -1
    """Minutes after stopping after which it is destroyed; 0: instead of stopping, -1: never."""
    state: SandboxState = SandboxState.CREATING
    desired: SandboxState = SandboxState.STARTED
    is_changing: bool = True
    """A change is under way, which must end before the next may begin."""
    error_reason: str | None = None
    created_s: float
    updated_s: float
    active_s: float
    """The last activity."""
    destroy_s: float | None = None
    """When it is destroyed in any state; None: it has no time to live."""

    @property
    def is_found(self) -> bool:
        """Whether asking for it by its id finds it."""
        gone = self.state is SandboxState.DESTROYED
        return not gone and not (self.state in FAILED and self.desired is SandboxState.DESTROYED)

    @property
    def shown(self) -> SandboxState:
        """The state as answers have it: what is to change is told to be changing already."""
        return _ON_ITS_WAY.get((self.state, self.desired), self.state)

    @property
    def is_alive(self) -> bool:
        """Whether it still counts against the quota."""
        return self.state is not SandboxState.DESTROYED


_ON_ITS_WAY = {
    (SandboxState.STARTED, SandboxState.STOPPED): SandboxState.STOPPING,
    (SandboxState.STARTED, SandboxState.DESTROYED): SandboxState.DESTROYING,
    (SandboxState.STOPPED, SandboxState.STARTED): SandboxState.STARTING,
    (SandboxState.STOPPED, SandboxState.DESTROYED): SandboxState.DESTROYING,
}
"""State and desired state to the state that is told."""


def transitioned(
    sandbox: SandboxRow, state: SandboxState, *, now_s: float, reason: str | None = None
) -> SandboxRow:
    """Return a sandbox that has come into a state, with its change complete if it rests there."""
    is_changing = state in (
        SandboxState.PENDING_BUILD,
        SandboxState.BUILDING,
        SandboxState.CREATING,
        SandboxState.STARTING,
        SandboxState.STOPPING,
        SandboxState.DESTROYING,
    )
    return replace(
        sandbox,
        state=state,
        is_changing=is_changing,
        error_reason=reason,
        updated_s=now_s,
        active_s=now_s,
    )


def touched(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    """Return a sandbox that somebody has just used."""
    return replace(sandbox, active_s=now_s)


def destroying(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    """Return a sandbox that is to be destroyed; its name is free from now on.

    Raises:
        HttpRefusal: The sandbox is gone (404), or in the middle of a change (409).
    """
    if not sandbox.is_found:
        raise not_found(sandbox.id)
    if sandbox.is_changing and sandbox.state is not SandboxState.PENDING_BUILD:
        raise in_progress()
    return _to_destroy(sandbox, now_s=now_s)


def expired(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    """Return a sandbox whose time has come: it is destroyed whatever it was doing."""
    return _to_destroy(sandbox, now_s=now_s)


def stopping(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    """Return a sandbox on its way to being stopped.

    Raises:
        HttpRefusal: The sandbox is in the middle of a change (409) or not started (400).
    """
    if sandbox.is_changing:
        raise in_progress()
    if sandbox.state is not SandboxState.STARTED:
        raise HttpRefusal(400, "Sandbox is not started")
    begun = transitioned(sandbox, SandboxState.STOPPING, now_s=now_s)
    return replace(begun, desired=SandboxState.STOPPED)


def starting(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    """Return a stopped sandbox on its way to being started.

    Raises:
        HttpRefusal: The sandbox is in the middle of a change (409) or not stopped (400).
    """
    if sandbox.is_changing:
        raise in_progress()
    if sandbox.state is not SandboxState.STOPPED:
        raise HttpRefusal(400, "Sandbox is not in valid state")
    begun = transitioned(sandbox, SandboxState.STARTING, now_s=now_s)
    return replace(begun, desired=SandboxState.STARTED)


def due_action(
    sandbox: SandboxRow, *, now_s: float, minute_s: float, is_busy: bool
) -> Literal["stop", "destroy"] | None:
    """Return what the server does with a sandbox by itself at a moment, or None.

    Args:
        sandbox: The sandbox.
        now_s: The moment.
        minute_s: How long a minute takes; tests have short ones.
        is_busy: A client's request to it is under way, which counts as activity.
    """
    if sandbox.desired is SandboxState.DESTROYED:
        return None
    if sandbox.destroy_s is not None and now_s >= sandbox.destroy_s:
        return "destroy"
    idle_min = (now_s - sandbox.active_s) / minute_s
    if sandbox.state is SandboxState.STOPPED:
        is_over = 0 <= sandbox.auto_delete_min <= idle_min
        return "destroy" if is_over and not sandbox.is_changing else None
    if sandbox.state is not SandboxState.STARTED or sandbox.is_changing or is_busy:
        return None
    if not 0 < sandbox.auto_stop_min <= idle_min:
        return None
    return "destroy" if sandbox.auto_delete_min == 0 else "stop"


def not_found(id_or_name: str) -> HttpRefusal:
    """Return the refusal for a sandbox that is not there."""
    return HttpRefusal(404, f"Sandbox with ID or name {id_or_name} not found")


def in_progress() -> HttpRefusal:
    """Return the refusal while a change is under way."""
    return HttpRefusal(409, "Sandbox state change in progress")


def _to_destroy(sandbox: SandboxRow, *, now_s: float) -> SandboxRow:
    # The platform keeps the row, and its unique name must not stand in the way of a new one.
    name = f"DESTROYED_{sandbox.name}_{now_s:.0f}"
    return replace(
        sandbox, name=name, desired=SandboxState.DESTROYED, is_changing=True, updated_s=now_s
    )
