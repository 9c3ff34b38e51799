"""What a snapshot is to the control plane, and the rules about its states. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from daytona_validate._emulator.control_plane.create_request import dockerfile_of, within_bounds
from daytona_validate._emulator.control_plane.image_contents import (
    DEFAULT_LANGUAGES,
    Contents,
    contents_of_dockerfile,
    contents_of_image,
    image_refusal,
)
from daytona_validate._emulator.control_plane.sandbox_states import STANDARD, SandboxResources
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.json_fields import INTEGER, OBJECT, TEXT, TEXT_LIST, checked

DEFAULT_SNAPSHOT = "daytona-small"
COOLING_MIN = 10
"""How long one that was deactivated cannot be activated: the runners are still removing it."""
REMOVING_MIN = 1 / 6
"""How long one that was deleted is still there, and its name taken."""


class SnapshotState(StrEnum):
    """The states that an emulated snapshot can be in."""

    PENDING = "pending"
    BUILDING = "building"
    PULLING = "pulling"
    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"
    BUILD_FAILED = "build_failed"
    REMOVING = "removing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Snapshot record: one row of the control plane."""

    id: str
    name: str
    image: str | None = None
    dockerfile: str | None = None
    """Either this or an image."""
    resources: SandboxResources = STANDARD
    is_general: bool = False
    """It belongs to the platform, not to the organization."""
    entrypoint: tuple[str, ...] | None = None
    state: SnapshotState = SnapshotState.PENDING
    error_reason: str | None = None
    created_s: float
    updated_s: float
    used_s: float | None = None
    wakes_s: float | None = None
    """From when on it can be activated again; None: it was never deactivated."""
    gone_s: float | None = None
    """From when on it is no longer there; None: nobody has deleted it."""

    @property
    def contents(self) -> Contents:
        """What it holds.

        Raises:
            HttpRefusal: This host could have none of its contents.
        """
        if self.is_general:
            return Contents(DEFAULT_LANGUAGES)
        if self.dockerfile is not None:
            return contents_of_dockerfile(self.dockerfile)
        return contents_of_image(self.image or "")

    @property
    def is_building(self) -> bool:
        """Whether it will come into another state by itself."""
        return self.state in (SnapshotState.PENDING, SnapshotState.BUILDING, SnapshotState.PULLING)


_FIELDS = {
    **dict.fromkeys(("name", "imageName", "regionId", "sandboxClass"), TEXT),
    **dict.fromkeys(("cpu", "gpu", "memory", "disk"), INTEGER),
    "entrypoint": TEXT_LIST,
    "buildInfo": OBJECT,
}


def wanted_snapshot(body: object, *, snapshot_id: str, now_s: float) -> Snapshot:
    """Return the snapshot that the body of `POST /snapshots` asks for.

    Raises:
        HttpRefusal: The body is wrong (400).
    """
    fields = checked(body, _FIELDS)
    image, build = fields["imageName"], fields["buildInfo"]
    if not fields["name"]:
        raise HttpRefusal(400, "name should not be empty")
    if (image is None) == (build is None):
        raise HttpRefusal(400, "Must specify either an image name or build info")
    if build is not None and fields["entrypoint"]:
        raise HttpRefusal(400, "Cannot specify an entrypoint when using a build info entry")
    why = None if image is None else image_refusal(image)
    if why is not None:
        raise HttpRefusal(400, why)
    return Snapshot(
        id=snapshot_id,
        name=fields["name"],
        image=image,
        dockerfile=None if build is None else dockerfile_of(build),
        resources=within_bounds(fields),
        entrypoint=None if not fields["entrypoint"] else tuple(fields["entrypoint"]),
        created_s=now_s,
        updated_s=now_s,
    )


def default_snapshot(*, snapshot_id: str, now_s: float) -> Snapshot:
    """Return the snapshot that is there from the start."""
    return Snapshot(
        id=snapshot_id,
        name=DEFAULT_SNAPSHOT,
        image="daytonaio/sandbox:emulated",
        is_general=True,
        state=SnapshotState.ACTIVE,
        created_s=now_s,
        updated_s=now_s,
    )


def turned(
    snapshot: Snapshot, state: SnapshotState, *, now_s: float, reason: str | None = None
) -> Snapshot:
    """Return a snapshot that has come into a state."""
    return replace(snapshot, state=state, error_reason=reason, updated_s=now_s)


def activated(snapshot: Snapshot, *, now_s: float) -> Snapshot:
    """Return an inactive snapshot on its way to being active.

    Raises:
        HttpRefusal: The snapshot is in another state, or was deactivated a short while ago (400).
    """
    if snapshot.state is SnapshotState.ACTIVE:
        raise HttpRefusal(400, f"Snapshot {snapshot.id} is already active")
    if snapshot.state is not SnapshotState.INACTIVE:
        raise HttpRefusal(
            400, f"Snapshot {snapshot.id} cannot be activated - it is in {snapshot.state} state"
        )
    if snapshot.wakes_s is not None and now_s < snapshot.wakes_s:
        raise HttpRefusal(
            400, "Snapshot deactivation is still in progress. Please try again in a few minutes."
        )
    return turned(snapshot, SnapshotState.PENDING, now_s=now_s)


def deactivated(snapshot: Snapshot, *, now_s: float, minute_s: float) -> Snapshot:
    """Return a snapshot in any state as an inactive one; one that is inactive already, as it is."""
    if snapshot.state is SnapshotState.INACTIVE:
        return snapshot
    asleep = turned(snapshot, SnapshotState.INACTIVE, now_s=now_s)
    return replace(asleep, wakes_s=now_s + COOLING_MIN * minute_s)


def deleted(snapshot: Snapshot, *, now_s: float, minute_s: float) -> Snapshot:
    """Return a snapshot that will soon be gone.

    Raises:
        HttpRefusal: The snapshot is not the organization's (403).
    """
    if snapshot.is_general:
        raise HttpRefusal(403, "You cannot delete a general snapshot")
    going = turned(snapshot, SnapshotState.REMOVING, now_s=now_s)
    return replace(going, gone_s=snapshot.gone_s or now_s + REMOVING_MIN * minute_s)


def for_sandbox(id_or_name: str, snapshots: Mapping[str, Snapshot]) -> Snapshot:
    """Return the snapshot that a sandbox is to be made from.

    Args:
        id_or_name: As in the request.
        snapshots: All that are there, by id.

    Raises:
        HttpRefusal: No such snapshot, or it is not active (400).
    """
    found = found_snapshot(id_or_name, snapshots)
    if found is None:
        raise HttpRefusal(
            400, f"Snapshot {id_or_name} not found. Did you add it through the Daytona Dashboard?"
        )
    if found.state is not SnapshotState.ACTIVE:
        raise HttpRefusal(400, f"Snapshot {id_or_name} is {found.state}")
    return found


def found_snapshot(id_or_name: str, snapshots: Mapping[str, Snapshot]) -> Snapshot | None:
    """Return the snapshot with an id or name, or None."""
    by_id = snapshots.get(id_or_name)
    if by_id is not None:
        return by_id
    return next((each for each in snapshots.values() if each.name == id_or_name), None)
