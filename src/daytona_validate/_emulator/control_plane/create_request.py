"""The body of `POST /sandbox`, read as the platform reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from daytona_validate._emulator.control_plane.sandbox_states import (
    STANDARD,
    SandboxResources,
    SandboxRow,
    SandboxState,
)
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.json_fields import (
    BOOLEAN,
    INTEGER,
    OBJECT,
    TEXT,
    TEXTS,
    checked,
)

_DEFAULTS = SandboxRow(id="", name="", snapshot=None, created_s=0, updated_s=0, active_s=0)

MOST = SandboxResources(cpu=4, memory_gib=8, disk_gib=10)
"""What one sandbox may have in an organization that nobody has changed."""

_FIELDS = {
    **dict.fromkeys(("name", "snapshot", "user", "target", "linkedSandbox"), TEXT),
    **dict.fromkeys(("networkAllowList", "domainAllowList"), TEXT),
    **dict.fromkeys(("labels", "env"), TEXTS),
    **dict.fromkeys(("public", "networkBlockAll"), BOOLEAN),
    **dict.fromkeys(("cpu", "memory", "disk", "gpu", "ttlMinutes"), INTEGER),
    **dict.fromkeys(("autoStopInterval", "autoArchiveInterval", "autoDeleteInterval"), INTEGER),
    "buildInfo": OBJECT,
}


def requested_sandbox(
    body: object, *, sandbox_id: str, now_s: float, minute_s: float
) -> SandboxRow:
    """Return the row that a body asks for; fields that nobody knows are ignored, as there.

    Its `snapshot` is the id or name of the body; None: the default snapshot, or a build.

    Args:
        body: The JSON value.
        sandbox_id: The id, and the name of a sandbox that was given none.
        now_s: The moment.
        minute_s: How long a minute takes.

    Raises:
        HttpRefusal: A field has the wrong type, or two of them exclude each other (400).
    """
    fields = checked(body, _FIELDS)
    build = fields.get("buildInfo")
    dockerfile = None if build is None else dockerfile_of(build)
    snapshot = fields.get("snapshot") or None
    asked = {name: fields.get(name) for name in ("cpu", "memory", "disk", "gpu")}
    if build is not None and snapshot:
        raise HttpRefusal(400, "Cannot specify both a snapshot and a build info entry")
    if build is None and any(asked.values()):
        raise HttpRefusal(400, "Cannot specify Sandbox resources when using a snapshot")
    if fields.get("linkedSandbox") or asked["gpu"]:
        raise HttpRefusal(400, "The emulator has no linked sandboxes and no GPUs")
    if (fields.get("autoStopInterval") or 0) < 0:
        raise HttpRefusal(400, "Auto-stop interval must be non-negative")
    if (fields.get("ttlMinutes") or 0) < 0:
        raise HttpRefusal(400, "ttlMinutes must not be less than 0")
    ttl_min = fields.get("ttlMinutes")
    return SandboxRow(
        id=sandbox_id,
        name=fields.get("name") or sandbox_id,
        snapshot=snapshot,
        dockerfile=dockerfile,
        resources=within_bounds(asked),
        labels=fields.get("labels") or {},
        env=fields.get("env") or {},
        user=fields.get("user") or _DEFAULTS.user,
        target=fields.get("target") or _DEFAULTS.target,
        is_public=bool(fields.get("public")),
        is_network_blocked=bool(fields.get("networkBlockAll")),
        network_allow_list=fields.get("networkAllowList"),
        domain_allow_list=fields.get("domainAllowList"),
        auto_stop_min=_or(fields.get("autoStopInterval"), _DEFAULTS.auto_stop_min),
        auto_archive_min=fields.get("autoArchiveInterval") or _DEFAULTS.auto_archive_min,
        auto_delete_min=_or(fields.get("autoDeleteInterval"), _DEFAULTS.auto_delete_min),
        state=SandboxState.CREATING if dockerfile is None else SandboxState.PENDING_BUILD,
        created_s=now_s,
        updated_s=now_s,
        active_s=now_s,
        destroy_s=now_s + ttl_min * minute_s if ttl_min else None,
    )


def within_bounds(asked: Mapping[str, int | None]) -> SandboxResources:
    """Return resources with the defaults for what is not said.

    Raises:
        HttpRefusal: One of the resources is more than a sandbox may have (400).
    """
    found = SandboxResources(
        cpu=asked.get("cpu") or STANDARD.cpu,
        memory_gib=asked.get("memory") or STANDARD.memory_gib,
        disk_gib=asked.get("disk") or STANDARD.disk_gib,
    )
    for title, amount, most in (
        ("CPU", found.cpu, MOST.cpu),
        ("Memory", found.memory_gib, MOST.memory_gib),
        ("Disk", found.disk_gib, MOST.disk_gib),
    ):
        if not 0 < amount <= most:
            raise HttpRefusal(
                400, f"{title} request {amount} exceeds maximum allowed per sandbox ({most})"
            )
    return found


def dockerfile_of(build: Mapping[str, object]) -> str:
    """Return the Dockerfile of a `buildInfo`.

    Raises:
        HttpRefusal: No Dockerfile, or one that needs files from object storage (400).
    """
    content = build.get("dockerfileContent")
    if not isinstance(content, str) or not content.strip():
        raise HttpRefusal(400, "buildInfo.dockerfileContent should not be empty")
    if build.get("contextHashes"):
        raise HttpRefusal(400, "The emulator has no object storage: leave out contextHashes")
    return content


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
