"""Why a request is refused, and how each half of Daytona words it.

The control plane and the toolbox have different bodies for errors (those of v0.190 and later);
the proxy before the toolbox answers 502 with no body at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Literal

Area = Literal["api", "toolbox", "emulator"]

CLIENT_GONE = 499
"""What nginx calls it; nobody sees it."""

DAEMON = "DAYTONA_DAEMON"
PROXY = "DAYTONA_PROXY"

_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    408: "PROCESS_EXECUTION_TIMEOUT",
    409: "CONFLICT",
    410: "GONE",
    422: "UNPROCESSABLE_ENTITY",
    500: "INTERNAL_SERVER_ERROR",
}


class HttpRefusal(Exception):
    """HTTP error response: raised to answer a request, by the client's fault or by an injected one.

    Args:
        status: The HTTP status.
        message: What the body says.
        code: The toolbox's code; empty: the one that goes with the status.
        source: Who in the toolbox's half speaks.
        headers: To be sent with it.
        is_empty: It has no body at all, as the proxy's 502.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        source: str = DAEMON,
        headers: Mapping[str, str] | None = None,
        is_empty: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.source = source
        self.headers = dict(headers or {})
        self.is_empty = is_empty


def not_admitted() -> HttpRefusal:
    """Return what the proxy says to whom it does not let into a sandbox, for whatever reason."""
    message = "unauthorized: authentication failed: Bearer token is invalid"
    return HttpRefusal(401, message, source=PROXY)


_FILE_ERRORS: dict[type[OSError], tuple[int, str, str]] = {
    FileNotFoundError: (404, "FILE_NOT_FOUND", "file not found"),
    NotADirectoryError: (404, "FILE_NOT_FOUND", "file not found"),
    PermissionError: (403, "FILE_ACCESS_DENIED", "permission denied"),
    IsADirectoryError: (400, "INVALID_FILE_PATH", "path is a directory"),
}
"""Status, code and words of the toolbox."""


def file_refusal(error: OSError, path: str) -> HttpRefusal:
    """Return what the toolbox says when a file cannot be read or written."""
    other = (400, "FILE_READ_FAILED", "file error")
    status, code, words = _FILE_ERRORS.get(type(error), other)
    why = "" if type(error) in _FILE_ERRORS else f": {error.strerror or error}"
    return HttpRefusal(status, f"{words}: {path}{why}", code=code)


def error_body(
    refusal: HttpRefusal, area: Area, *, path: str, method: str, now_s: float
) -> dict[str, object]:
    """Return the JSON body of an error in the words of one half of Daytona."""
    where = {"path": path, "timestamp": timestamp(now_s), "statusCode": refusal.status}
    if area != "toolbox":
        return {**where, "error": _phrase(refusal.status), "message": refusal.message}
    return {
        **where,
        "message": refusal.message,
        "code": refusal.code or _CODES.get(refusal.status, _CODES[500]),
        "source": refusal.source,
        "method": method,
    }


def timestamp(epoch_s: float) -> str:
    """Return a moment as Daytona writes it: ISO 8601 in UTC, with milliseconds."""
    moment = datetime.fromtimestamp(epoch_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
