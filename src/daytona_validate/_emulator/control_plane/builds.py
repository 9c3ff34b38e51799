"""The snapshots of an emulator: asked for, built, found.

To build a snapshot is to make an emulated machine with its toolchains once and to remove it again:
from then on they are in the cache, and every sandbox of the snapshot starts at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from daytona_validate._emulator.background_tasks import BackgroundTasks
from daytona_validate._emulator.control_plane.image_contents import Contents, contents_of_dockerfile
from daytona_validate._emulator.control_plane.log_stream import LogStream
from daytona_validate._emulator.control_plane.response_bodies import build_ref
from daytona_validate._emulator.control_plane.sandbox_states import STANDARD, SandboxResources
from daytona_validate._emulator.control_plane.snapshot_states import (
    Snapshot,
    SnapshotState,
    activated,
    deactivated,
    default_snapshot,
    deleted,
    for_sandbox,
    found_snapshot,
    turned,
    wanted_snapshot,
)
from daytona_validate._emulator.machines.machine_interface import MachinesLike
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._errors import SandboxUnavailable

MIB_PER_GIB = 1024


class Builds:
    """Snapshot registry: all snapshots, and the builds that make them.

    Args:
        machines: Makes emulated machines.
        tasks: Run the builds.
        clock: Seconds since the epoch.
        minute_s: How long a minute takes.
    """

    def __init__(
        self,
        machines: MachinesLike,
        tasks: BackgroundTasks,
        *,
        clock: Callable[[], float],
        minute_s: float,
    ) -> None:
        self._machines = machines
        self._tasks = tasks
        self._clock = clock
        self._minute_s = minute_s
        general = default_snapshot(snapshot_id=_new_id(), now_s=clock())
        self._rows = {general.id: general}
        """Also those that are gone by now; see `_snapshots`."""
        self._logs: dict[str, LogStream] = {}
        """By snapshot, or by the reference of a Dockerfile that one sandbox came with."""
        self._growing: set[LogStream] = set()

    def notice(self, line: str) -> None:
        """Say a line of the toolchains' to all who wait for a build."""
        for log in self._growing:
            log.say(line)

    def create(self, body: object) -> Snapshot:
        """Begin to build a snapshot, and return it as it is now.

        Raises:
            HttpRefusal: The body is wrong (400), or the name is taken (409).
        """
        snapshot = wanted_snapshot(body, snapshot_id=_new_id(), now_s=self._clock())
        if any(each.name == snapshot.name for each in self._snapshots.values()):
            raise HttpRefusal(
                409,
                f'Snapshot with name "{snapshot.name}" already exists for this organization',
            )
        self._rows[snapshot.id] = snapshot
        self._tasks.start(self._build(snapshot), name=f"build {snapshot.name}")
        return snapshot

    def get(self, id_or_name: str) -> Snapshot:
        """Return a snapshot.

        Raises:
            HttpRefusal: No such snapshot (404).
        """
        found = found_snapshot(id_or_name, self._snapshots)
        if found is None:
            raise HttpRefusal(404, f"Snapshot with ID or name {id_or_name} not found")
        return found

    def listed(self, *, name: str = "") -> list[Snapshot]:
        """Return those with a text in their names, those used last first."""
        found = [each for each in self._snapshots.values() if name in each.name]
        return sorted(found, key=lambda each: (-(each.used_s or 0), -each.created_s, each.name))

    def delete(self, snapshot_id: str) -> None:
        """Begin to remove a snapshot; sandboxes that came from it stay.

        Raises:
            HttpRefusal: No such snapshot (404), or the snapshot is not the organization's (403).
        """
        snapshot = self._by_id(snapshot_id)
        self._rows[snapshot.id] = deleted(snapshot, now_s=self._clock(), minute_s=self._minute_s)

    def activate(self, snapshot_id: str) -> Snapshot:
        """Begin to make an inactive snapshot active, and return it as it is now.

        Raises:
            HttpRefusal: No such snapshot (404); it is not inactive, or deactivated just now (400).
        """
        snapshot = activated(self._by_id(snapshot_id), now_s=self._clock())
        self._rows[snapshot.id] = snapshot
        self._tasks.start(self._build(snapshot), name=f"activate {snapshot.name}")
        return snapshot

    def deactivate(self, snapshot_id: str) -> None:
        """Make a snapshot inactive.

        Raises:
            HttpRefusal: No such snapshot (404).
        """
        snapshot = self._by_id(snapshot_id)
        self._rows[snapshot.id] = deactivated(
            snapshot, now_s=self._clock(), minute_s=self._minute_s
        )

    def for_sandbox(self, id_or_name: str) -> Snapshot:
        """Return the snapshot for a new sandbox, and remember that it was used.

        Raises:
            HttpRefusal: No such snapshot, or it is not active (400).
        """
        found = replace(for_sandbox(id_or_name, self._snapshots), used_s=self._clock())
        self._rows[found.id] = found
        return found

    async def built(self, dockerfile: str) -> Contents:
        """Build a Dockerfile that came with a sandbox, and return what is in it.

        Raises:
            HttpRefusal: The Dockerfile asks for what this host cannot have.
            SandboxUnavailable: Its toolchains cannot be had.
        """
        return await self._prepared(
            build_ref(dockerfile), lambda: contents_of_dockerfile(dockerfile), STANDARD
        )

    def log(self, key: str) -> LogStream:
        """Return the log of a snapshot, by its id, or of a Dockerfile, by its reference.

        What nobody has built, such as the default snapshot, has one that is empty and over.
        """
        return self._logs.get(key) or _ended_log()

    @property
    def _snapshots(self) -> dict[str, Snapshot]:
        """Those that are there, once those that were deleted a while ago have gone."""
        now_s = self._clock()
        for each in tuple(self._rows.values()):
            if each.gone_s is not None and each.gone_s <= now_s:
                del self._rows[each.id]
                self._logs.pop(each.id, None)
        return self._rows

    def _by_id(self, snapshot_id: str) -> Snapshot:
        found = self._snapshots.get(snapshot_id)
        if found is None:
            raise HttpRefusal(404, f"Snapshot with ID {snapshot_id} not found")
        return found

    async def _build(self, snapshot: Snapshot) -> None:
        is_image = snapshot.dockerfile is None
        self._turn(snapshot, SnapshotState.PULLING if is_image else SnapshotState.BUILDING)
        try:
            await self._prepared(snapshot.id, lambda: snapshot.contents, snapshot.resources)
        except (HttpRefusal, SandboxUnavailable, OSError) as error:
            failed = SnapshotState.ERROR if is_image else SnapshotState.BUILD_FAILED
            self._turn(snapshot, failed, reason=str(error))
            return
        self._turn(snapshot, SnapshotState.ACTIVE)

    def _turn(self, snapshot: Snapshot, state: SnapshotState, reason: str | None = None) -> None:
        current = self._rows.get(snapshot.id)
        if current is not None and current.is_building:  # else it was deleted or put to sleep
            self._rows[snapshot.id] = turned(current, state, now_s=self._clock(), reason=reason)

    async def _prepared(
        self, key: str, asked_for: Callable[[], Contents], resources: SandboxResources
    ) -> Contents:
        log = self._logs[key] = LogStream()
        self._growing.add(log)
        try:
            contents = asked_for()
            what = " and ".join((*contents.languages, *contents.packages))
            log.say(f"The emulator builds nothing: it prepares {what} of this host.")
            machine = await self._machines.make(
                f"build-{uuid.uuid4()}",
                languages=contents.languages,
                packages=contents.packages,
                about=contents.about,
                memory_mib=resources.memory_gib * MIB_PER_GIB,
                disk_mib=resources.disk_gib * MIB_PER_GIB,
            )
            await machine.remove()
            log.say("Ready.")
        except (HttpRefusal, SandboxUnavailable, OSError) as error:
            log.say(f"ERROR: {error}")
            raise
        finally:
            self._growing.discard(log)
            log.end()
        return contents


def _ended_log() -> LogStream:
    log = LogStream()
    log.end()
    return log


def _new_id() -> str:
    return str(uuid.uuid4())
