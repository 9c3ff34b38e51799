"""Bodies compared with the models of Daytona's own clients (extra `test-sdk`).

A strict emulator has every request and every answer go through here. A field that no model
knows counts as a mistake too: the platform would ignore it, and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from daytona_validate._emulator.operations import ROUTES, Operation
from daytona_validate._emulator.refusals import Area
from daytona_validate._errors import ConfigurationError

PACKAGES: dict[Area, str] = {
    "api": "daytona_api_client_async",
    "toolbox": "daytona_toolbox_api_client_async",
}

REQUESTS: dict[Operation, str] = {
    Operation.CREATE: "CreateSandbox",
    Operation.CREATE_SNAPSHOT: "CreateSnapshot",
    Operation.EXECUTE: "ExecuteRequest",
    Operation.CODE_RUN: "CodeRunRequest",
    Operation.BULK_DOWNLOAD: "FilesDownloadRequest",
}

ANSWERS: dict[Operation, str] = {
    Operation.CREATE: "Sandbox",
    Operation.GET: "Sandbox",
    Operation.DELETE: "Sandbox",
    Operation.START: "Sandbox",
    Operation.STOP: "Sandbox",
    Operation.LIST: "ListSandboxesResponse",
    Operation.TOOLBOX_URL: "ToolboxProxyUrl",
    Operation.SANDBOX_LOGS_URL: "Url",
    Operation.CREATE_SNAPSHOT: "SnapshotDto",
    Operation.GET_SNAPSHOT: "SnapshotDto",
    Operation.LIST_SNAPSHOTS: "PaginatedSnapshots",
    Operation.ACTIVATE_SNAPSHOT: "SnapshotDto",
    Operation.SNAPSHOT_LOGS_URL: "Url",
    Operation.CONFIG: "DaytonaConfiguration",
    Operation.KEY: "ApiKeyList",
    Operation.EXECUTE: "ExecuteResponse",
    Operation.CODE_RUN: "CodeRunResponse",
    Operation.BULK_UPLOAD: "UploadFilesResponse",
    Operation.UPLOAD_RAW: "UploadedFile",
    Operation.WORK_DIR: "WorkDirResponse",
    Operation.HOME_DIR: "UserHomeDirResponse",
}

_ERROR = "ErrorResponse"
_UNKNOWN = "unknown_default_open_api"
"""What the models make of a value that is none of an enumeration's."""


class OfficialModels:
    """Schema validation: all models are loaded, which takes a second, so do it in a thread.

    Args:
        packages: Of the official clients, which have the models.

    Raises:
        ConfigurationError: The official clients are not installed.
    """

    def __init__(self, packages: Mapping[Area, str] = PACKAGES) -> None:
        try:
            modules = {area: import_module(name) for area, name in packages.items()}
        except ImportError:
            raise ConfigurationError(
                "A strict emulator needs Daytona's own clients: pip install "
                "'daytona-validate[test-sdk]'"
            ) from None
        self._models = {
            (ROUTES[operation].area, name): getattr(modules[ROUTES[operation].area], name)
            for names in (REQUESTS, ANSWERS)
            for operation, name in names.items()
        }
        self._models["toolbox", _ERROR] = getattr(modules["toolbox"], _ERROR)

    def request_fault(self, operation: Operation, body: object) -> str | None:
        """Return why a request's body does not fit its model, or None."""
        return self._fault(REQUESTS.get(operation), ROUTES[operation].area, body)

    def answer_fault(self, operation: Operation, body: object) -> str | None:
        """Return why a good answer's body does not fit its model, or None."""
        return self._fault(ANSWERS.get(operation), ROUTES[operation].area, body)

    def error_fault(self, operation: Operation, body: object) -> str | None:
        """Return why an error's body does not fit its model, or None; the API has none."""
        area = ROUTES[operation].area
        return self._fault(_ERROR if area == "toolbox" else None, area, body)

    def _fault(self, name: str | None, area: Area, body: object) -> str | None:
        if name is None:
            return None
        try:
            value = self._models[area, name].from_dict(body)
        except (ValueError, TypeError) as error:
            return f"{name}: {error}"
        wrong = list(_strange(value, name))
        return ", ".join(wrong) or None


def _strange(value: Any, where: str) -> Iterator[str]:  # noqa: ANN401 - foreign models, of any kind
    """Yield the unknown fields and values of a model, and of those inside it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strange(item, f"{where}[{index}]")
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _strange(item, f"{where}.{name}")
    elif getattr(value, "value", None) == _UNKNOWN:
        yield f"{where} has an unknown value"
    elif hasattr(value, "model_fields_set"):
        for name in getattr(value, "additional_properties", None) or ():
            yield f"{where} has no field {name}"
        for name in type(value).model_fields:
            if name != "additional_properties":
                yield from _strange(getattr(value, name), f"{where}.{name}")
