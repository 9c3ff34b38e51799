"""Every operation that is emulated, with its name, its path and who may ask for it. Pure.

Faults, counts and checks go by these names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from daytona_validate._emulator.refusals import Area

WRITE = "write:sandboxes"
DELETE = "delete:sandboxes"
WRITE_SNAPSHOTS = "write:snapshots"
DELETE_SNAPSHOTS = "delete:snapshots"
PERMISSIONS = (WRITE, DELETE, WRITE_SNAPSHOTS, DELETE_SNAPSHOTS)
"""All that a key can have here."""


class Operation(StrEnum):
    """The name of each emulated operation."""

    CREATE = "create"
    GET = "get"
    LIST = "list"
    DELETE = "delete"
    START = "start"
    STOP = "stop"
    TOOLBOX_URL = "toolbox_url"
    SANDBOX_LOGS_URL = "sandbox_logs_url"
    SANDBOX_LOGS = "sandbox_logs"
    CREATE_SNAPSHOT = "create_snapshot"
    GET_SNAPSHOT = "get_snapshot"
    LIST_SNAPSHOTS = "list_snapshots"
    DELETE_SNAPSHOT = "delete_snapshot"
    ACTIVATE_SNAPSHOT = "activate_snapshot"
    DEACTIVATE_SNAPSHOT = "deactivate_snapshot"
    SNAPSHOT_LOGS_URL = "snapshot_logs_url"
    SNAPSHOT_LOGS = "snapshot_logs"
    CONFIG = "config"
    KEY = "key"
    EXECUTE = "execute"
    CODE_RUN = "code_run"
    UPLOAD = "upload"
    UPLOAD_RAW = "upload_raw"
    BULK_UPLOAD = "bulk_upload"
    DOWNLOAD = "download"
    BULK_DOWNLOAD = "bulk_download"
    WORK_DIR = "work_dir"
    HOME_DIR = "home_dir"
    VERSION = "version"
    SET_FAULTS = "set_faults"
    LIST_FAULTS = "list_faults"
    CLEAR_FAULTS = "clear_faults"
    COUNTS = "counts"


@dataclass(frozen=True, slots=True)
class Route:
    """Route: where an operation is asked for, and which permission it needs."""

    area: Area
    method: str
    path: str
    """Below the area's own path, with parameters in braces."""
    permission: str | None = None
    """What a key needs for it; None: any key will do."""
    is_public: bool = False
    """No key is needed."""


ROUTES: dict[Operation, Route] = {
    Operation.CREATE: Route("api", "POST", "/sandbox", WRITE),
    Operation.LIST: Route("api", "GET", "/sandbox"),
    Operation.GET: Route("api", "GET", "/sandbox/{sandbox}"),
    Operation.DELETE: Route("api", "DELETE", "/sandbox/{sandbox}", DELETE),
    Operation.START: Route("api", "POST", "/sandbox/{sandbox}/start", WRITE),
    Operation.STOP: Route("api", "POST", "/sandbox/{sandbox}/stop", WRITE),
    Operation.TOOLBOX_URL: Route("api", "GET", "/sandbox/{sandbox}/toolbox-proxy-url"),
    Operation.SANDBOX_LOGS_URL: Route("api", "GET", "/sandbox/{sandbox}/build-logs-url"),
    Operation.SANDBOX_LOGS: Route("api", "GET", "/sandbox/{sandbox}/build-logs"),
    Operation.CREATE_SNAPSHOT: Route("api", "POST", "/snapshots", WRITE_SNAPSHOTS),
    Operation.LIST_SNAPSHOTS: Route("api", "GET", "/snapshots"),
    Operation.GET_SNAPSHOT: Route("api", "GET", "/snapshots/{snapshot}"),
    Operation.DELETE_SNAPSHOT: Route("api", "DELETE", "/snapshots/{snapshot}", DELETE_SNAPSHOTS),
    Operation.ACTIVATE_SNAPSHOT: Route(
        "api", "POST", "/snapshots/{snapshot}/activate", WRITE_SNAPSHOTS
    ),
    Operation.DEACTIVATE_SNAPSHOT: Route(
        "api", "POST", "/snapshots/{snapshot}/deactivate", WRITE_SNAPSHOTS
    ),
    Operation.SNAPSHOT_LOGS_URL: Route("api", "GET", "/snapshots/{snapshot}/build-logs-url"),
    Operation.SNAPSHOT_LOGS: Route("api", "GET", "/snapshots/{snapshot}/build-logs"),
    Operation.CONFIG: Route("api", "GET", "/config", is_public=True),
    Operation.KEY: Route("api", "GET", "/api-keys/current"),
    Operation.EXECUTE: Route("toolbox", "POST", "/process/execute"),
    Operation.CODE_RUN: Route("toolbox", "POST", "/process/code-run"),
    Operation.UPLOAD: Route("toolbox", "POST", "/files/upload"),
    Operation.UPLOAD_RAW: Route("toolbox", "POST", "/files/upload-v2"),
    Operation.BULK_UPLOAD: Route("toolbox", "POST", "/files/bulk-upload"),
    Operation.DOWNLOAD: Route("toolbox", "GET", "/files/download"),
    Operation.BULK_DOWNLOAD: Route("toolbox", "POST", "/files/bulk-download"),
    Operation.WORK_DIR: Route("toolbox", "GET", "/work-dir"),
    Operation.HOME_DIR: Route("toolbox", "GET", "/user-home-dir"),
    Operation.VERSION: Route("toolbox", "GET", "/version"),
    Operation.SET_FAULTS: Route("emulator", "POST", "/faults"),
    Operation.LIST_FAULTS: Route("emulator", "GET", "/faults"),
    Operation.CLEAR_FAULTS: Route("emulator", "DELETE", "/faults"),
    Operation.COUNTS: Route("emulator", "GET", "/counts"),
}

AREAS: dict[Area, str] = {
    "api": "/api",
    "toolbox": "/toolbox/{sandbox}",
    "emulator": "/emulator",
}
"""Where each area begins."""
