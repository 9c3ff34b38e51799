"""The body of `POST /sandbox`, read as the platform reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRequest:
    """Create request: the sandbox that a client asks for."""

    name: str | None
    snapshot: str | None
    """Its id or name; None: the default one, or a build."""
    dockerfile: str | None
    resources: SandboxResources
    """Of a build; a snapshot has its own."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    user: str | None = None
    target: str | None = None
    is_public: bool = False
    is_network_blocked: bool = False
    network_allow_list: str | None = None
    domain_allow_list: str | None = None
    auto_stop_min: int = 15
    auto_archive_min: int | None = None
    auto_delete_min: int = -1
    ttl_min: int = 0


def sandbox_request(body: object) -> SandboxRequest:
    """Return what a body asks for; fields that nobody knows are ignored, as there.

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
    return SandboxRequest(
        name=fields.get("name") or None,
        snapshot=snapshot,
        dockerfile=dockerfile,
        resources=within_bounds(asked),
        labels=fields.get("labels") or {},
        env=fields.get("env") or {},
        user=fields.get("user"),
        target=fields.get("target"),
        is_public=bool(fields.get("public")),
        is_network_blocked=bool(fields.get("networkBlockAll")),
        network_allow_list=fields.get("networkAllowList"),
        domain_allow_list=fields.get("domainAllowList"),
        auto_stop_min=_or(fields.get("autoStopInterval"), 15),
        auto_archive_min=fields.get("autoArchiveInterval"),
        auto_delete_min=_or(fields.get("autoDeleteInterval"), -1),
        ttl_min=_or(fields.get("ttlMinutes"), 0),
    )


def new_sandbox(
    request: SandboxRequest,
    *,
    sandbox_id: str,
    snapshot: str | None,
    resources: SandboxResources,
    state: SandboxState,
    now_s: float,
    minute_s: float,
) -> SandboxRow:
    """Return the row of a sandbox that was asked for.

    Args:
        request: What the client asks for.
        sandbox_id: Its id, and its name if it was given none.
        snapshot: The name of its snapshot; None: it is built.
        resources: Those of its snapshot or its build.
        state: The first.
        now_s: The moment.
        minute_s: How long a minute takes.
    """
    row = SandboxRow(
        id=sandbox_id,
        name=request.name or sandbox_id,
        snapshot=snapshot,
        dockerfile=request.dockerfile,
        resources=resources,
        labels=request.labels,
        env=request.env,
        is_public=request.is_public,
        is_network_blocked=request.is_network_blocked,
        network_allow_list=request.network_allow_list,
        domain_allow_list=request.domain_allow_list,
        auto_stop_min=request.auto_stop_min,
        auto_delete_min=request.auto_delete_min,
        state=state,
        created_s=now_s,
        updated_s=now_s,
        active_s=now_s,
        destroy_s=now_s + request.ttl_min * minute_s if request.ttl_min else None,
    )
    return replace(
        row,
        user=request.user or row.user,
        target=request.target or row.target,
        auto_archive_min=request.auto_archive_min or row.auto_archive_min,
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
