"""The bodies of the control plane's answers. Pure.

Field by field those of the official client's models, which the tests compare them with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from daytona_validate._emulator.control_plane.sandbox_states import SandboxRow
from daytona_validate._emulator.control_plane.snapshot_states import DEFAULT_SNAPSHOT, Snapshot
from daytona_validate._emulator.refusals import timestamp

VERSION = "0.226.1"
"""The version whose answers these are."""
ORGANIZATION = "00000000-0000-4000-8000-000000000001"
USER = "emulator"
RUNNER = "this-machine"

Body = dict[str, object]


def sandbox_body(sandbox: SandboxRow, *, toolbox_url: str) -> Body:
    """Return a sandbox as create, get and delete answer it."""
    return {
        **listed_body(sandbox, toolbox_url=toolbox_url),
        "env": dict(sandbox.env),
        "kvm": False,
        "volumes": [],
        "buildInfo": _build_info(sandbox.dockerfile, sandbox.created_s, sandbox.updated_s),
    }


def listed_body(sandbox: SandboxRow, *, toolbox_url: str) -> Body:
    """Return a sandbox as the list has it."""
    body: Body = {
        "id": sandbox.id,
        "organizationId": ORGANIZATION,
        "name": sandbox.name,
        "snapshot": sandbox.snapshot,
        "user": sandbox.user,
        "labels": dict(sandbox.labels),
        "public": sandbox.is_public,
        "networkBlockAll": sandbox.is_network_blocked,
        "networkAllowList": sandbox.network_allow_list,
        "domainAllowList": sandbox.domain_allow_list,
        "target": sandbox.target,
        "cpu": sandbox.resources.cpu,
        "gpu": 0,
        "memory": sandbox.resources.memory_gib,
        "disk": sandbox.resources.disk_gib,
        "state": sandbox.shown.value,
        "desiredState": sandbox.desired.value,
        "errorReason": sandbox.error_reason,
        "recoverable": False,
        "backupState": "None",
        "autoStopInterval": sandbox.auto_stop_min,
        "autoArchiveInterval": sandbox.auto_archive_min,
        "autoDeleteInterval": sandbox.auto_delete_min,
        "createdAt": timestamp(sandbox.created_s),
        "updatedAt": timestamp(sandbox.updated_s),
        "lastActivityAt": timestamp(sandbox.active_s),
        "sandboxClass": "container",
        "daemonVersion": VERSION,
        "runnerId": RUNNER,
        "toolboxProxyUrl": toolbox_url,
    }
    if sandbox.destroy_s is not None:
        body["autoDestroyAt"] = timestamp(sandbox.destroy_s)
    return body


def page_body(
    sandboxes: Iterable[SandboxRow], next_cursor: str | None, *, toolbox_url: str
) -> Body:
    """Return one page of the list."""
    items = [listed_body(each, toolbox_url=toolbox_url) for each in sandboxes]
    return {"items": items, "nextCursor": next_cursor}


def snapshot_body(snapshot: Snapshot) -> Body:
    """Return a snapshot."""
    used = snapshot.used_s
    return {
        "id": snapshot.id,
        "organizationId": None if snapshot.is_general else ORGANIZATION,
        "general": snapshot.is_general,
        "name": snapshot.name,
        "imageName": snapshot.image,
        "state": snapshot.state.value,
        "size": None,
        "entrypoint": None if snapshot.entrypoint is None else list(snapshot.entrypoint),
        "cpu": snapshot.resources.cpu,
        "gpu": 0,
        "mem": snapshot.resources.memory_gib,
        "disk": snapshot.resources.disk_gib,
        "errorReason": snapshot.error_reason,
        "createdAt": timestamp(snapshot.created_s),
        "updatedAt": timestamp(snapshot.updated_s),
        "lastUsedAt": None if used is None else timestamp(used),
        "buildInfo": _build_info(snapshot.dockerfile, snapshot.created_s, snapshot.updated_s),
        "regionIds": ["us"],
        "ref": f"emulated:{snapshot.id}",
        "sourceSandboxId": None,
        "sandboxClass": "container",
    }


def snapshots_body(snapshots: Sequence[Snapshot], *, page: int, limit: int) -> Body:
    """Return one page of the snapshots; pages count from 1."""
    shown = snapshots[(page - 1) * limit : page * limit]
    return {
        "items": [snapshot_body(each) for each in shown],
        "total": len(snapshots),
        "page": page,
        "totalPages": -(-len(snapshots) // limit),
    }


def configuration_body(*, origin: str) -> Body:
    """Return what `GET /config` says."""
    return {
        "version": VERSION,
        "oidc": {"issuer": "", "clientId": "", "audience": "", "provider": "none"},
        "linkedAccountsEnabled": False,
        "announcements": {},
        "proxyTemplateUrl": f"{origin}/preview/{{{{PORT}}}}/{{{{sandboxId}}}}",
        "proxyToolboxUrl": f"{origin}/toolbox",
        "defaultSnapshot": DEFAULT_SNAPSHOT,
        "dashboardUrl": origin,
        "maxAutoArchiveInterval": 43200,
        "maintananceMode": False,  # spelled as there
        "environment": "emulator",
    }


def key_body(key: str, permissions: Iterable[str], *, now_s: float, since_s: float) -> Body:
    """Return what `GET /api-keys/current` says of the key that asks."""
    return {
        "name": "emulator",
        "value": f"{key[:3]}{'*' * 12}",
        "createdAt": timestamp(since_s),
        "permissions": list(permissions),
        "lastUsedAt": timestamp(now_s),
        "expiresAt": None,
        "userId": USER,
        "organizationId": ORGANIZATION,
    }


def _build_info(dockerfile: str | None, created_s: float, updated_s: float) -> Body | None:
    if dockerfile is None:
        return None
    return {
        "dockerfileContent": dockerfile,
        "contextHashes": [],
        "createdAt": timestamp(created_s),
        "updatedAt": timestamp(updated_s),
        "snapshotRef": build_ref(dockerfile),
    }


def build_ref(dockerfile: str) -> str:
    """Return under which name the build of a Dockerfile is kept, for whoever has the same."""
    return f"daytona-{hashlib.sha256(dockerfile.encode()).hexdigest()}:emulated"
