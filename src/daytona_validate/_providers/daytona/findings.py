"""Checks before any snippet: server, what the key may do, which snapshots are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models.readiness import Finding
from daytona_validate._providers.daytona.images import Image
from daytona_validate._providers.daytona.snapshots import FAILED, lacks_supervisor, listed
from daytona_validate._providers.daytona.wire.parse import KeyAnswer, SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._reason import Reason

TO_RUN = ("write:sandboxes", "delete:sandboxes")
"""Permissions that a key needs so that snippets can run."""
TO_BUILD = ("write:snapshots", "delete:snapshots")
"""Permissions that only `snapshots build` and `snapshots delete` need."""


async def daytona_findings(
    service: Service, images: Sequence[Image], *, address: str
) -> tuple[Finding, ...]:
    """Ask the service about itself, the key and the snapshots that these settings need.

    The first failure ends the checks.

    Args:
        service: Sends the requests.
        images: The images that the settings need.
        address: Of the service.
    """
    found: list[Finding] = []
    name = "server"
    try:
        version = (await service.config()).version or "of unknown version"
        found.append(Finding(name, is_good=True, text=f"{address}, {version}"))
        name = "key"
        found.append(key_finding(await service.key()))
        name = "snapshots"
        there = {each.name: each for each in await listed(service)}
        found.extend(snapshot_findings(images, there))
    except SandboxUnavailable as error:
        found.append(Finding(name, is_good=False, text=str(error), reason=error.reason))
    return tuple(found)


def key_finding(key: KeyAnswer) -> Finding:
    """Return the key's permissions, and those that it lacks."""
    lacks = [each for each in TO_RUN if each not in key.permissions]
    cannot_build = [each for each in TO_BUILD if each not in key.permissions]
    title = f"{key.name or 'without a name'}, may {', '.join(key.permissions) or 'do nothing'}"
    if lacks:
        advice = f"lacks {', '.join(lacks)}: make a key that has it in Daytona's dashboard"
        text = f"{title}; {advice}"
        return Finding("key", is_good=False, text=text, reason=Reason.REFUSED_KEY)
    if cannot_build:
        title += f"; this key cannot build snapshots: it lacks {', '.join(cannot_build)}"
    return Finding("key", is_good=True, text=title)


def snapshot_findings(
    images: Sequence[Image], there: Mapping[str, SnapshotAnswer]
) -> Iterator[Finding]:
    """Yield for each image whether its snapshot can be used, and the command to build it."""
    for image in images:
        name = f"snapshot {image.language}"
        command = f"daytona-validate snapshots build {image.language}"
        snapshot = there.get(image.name)
        if snapshot is None:
            yield _no_snapshot(name, f"{image.name} is not built: {command}")
        elif snapshot.state == "active" and lacks_supervisor(snapshot):
            rebuild = f"daytona-validate snapshots delete {image.name}, then {command}"
            text = f"{image.name}; each run sends it the supervisor of this version: {rebuild}"
            yield Finding(name, is_good=True, text=text)
        elif snapshot.state == "active":
            yield Finding(name, is_good=True, text=image.name)
        elif snapshot.state == "inactive":
            text = f"{image.name} is inactive; the first run activates it, or {command}"
            yield Finding(name, is_good=True, text=text)
        elif snapshot.state in FAILED:
            why = f" ({snapshot.error_reason})" if snapshot.error_reason else ""
            yield _no_snapshot(name, f"{image.name} failed{why}: {command}")
        else:
            yield _no_snapshot(name, f"{image.name} is {snapshot.state}; to wait for it: {command}")


def _no_snapshot(name: str, text: str) -> Finding:
    return Finding(name, is_good=False, text=text, reason=Reason.NO_SNAPSHOT)
