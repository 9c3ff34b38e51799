"""The response of each kind of fault: an error, or a good response that is spoiled. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable

from daytona_validate._emulator.faults.fault_kinds import FaultKind
from daytona_validate._emulator.faults.fault_plan import InjectedFault
from daytona_validate._emulator.operations import Operation
from daytona_validate._emulator.refusals import PROXY, HttpRefusal

PAGE = b"<!doctype html><html><head><title>Daytona</title></head><body></body></html>"
"""What the dashboard answers for any address that is not the API's."""

UNKNOWN = "hibernating"
"""A state that Daytona does not have."""

Body = dict[str, object]
Word = Callable[[InjectedFault, Operation], HttpRefusal]

_BUSY = "Sandbox state change in progress"
_TAKEN = "Sandbox with this name already exists"
_JUNK = "bash: line 3:    17 Killed                  true\n/usr/bin/sh: warning: setlocale\n"


def denial(fault: InjectedFault, operation: Operation) -> HttpRefusal | None:
    """Return the error that a fault answers with, or None if it does something else."""
    word = _DENIALS.get(FaultKind(fault.kind))
    return None if word is None else word(fault, operation)


def changed(fault: InjectedFault, body: bytes) -> bytes:
    """Return the body of a good answer as a fault spoils it; unchanged, if it does not."""
    kind = FaultKind(fault.kind)
    if kind is FaultKind.TRUNCATED:
        return body[: len(body) // 2]
    change = _CHANGES.get(kind)
    if change is None:
        return body
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if not isinstance(value, dict):
        return body
    return json.dumps(change(value), ensure_ascii=False).encode()


def _refused(status: int, message: str) -> Word:
    return lambda _fault, _operation: HttpRefusal(status, message)


def _proxy(status: int, message: str) -> Word:
    return lambda _fault, _operation: HttpRefusal(status, message, source=PROXY)


def _conflict(_fault: InjectedFault, operation: Operation) -> HttpRefusal:
    return HttpRefusal(409, _TAKEN if operation is Operation.CREATE else _BUSY)


def _throttled(header: str) -> Word:
    def word(fault: InjectedFault, _operation: Operation) -> HttpRefusal:
        wait_s = 1 if fault.retry_after_s is None else fault.retry_after_s
        return HttpRefusal(
            429, "ThrottlerException: Too Many Requests", headers={header: str(wait_s)}
        )

    return word


def _empty(fault: InjectedFault, _operation: Operation) -> HttpRefusal:
    return HttpRefusal(502, fault.message, is_empty=True)


def _as_told(fault: InjectedFault, _operation: Operation) -> HttpRefusal:
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    return HttpRefusal(fault.status, fault.message, headers=headers)


_DENIALS: dict[FaultKind, Word] = {
    FaultKind.STATUS: _as_told,
    FaultKind.UNAUTHORIZED: _refused(401, "Invalid credentials"),
    FaultKind.FORBIDDEN: _refused(403, "Organization is suspended: Depleted credits"),
    FaultKind.CONFLICT: _conflict,
    FaultKind.QUOTA: _refused(400, "Total CPU limit exceeded. Maximum allowed: 10."),
    FaultKind.NO_RUNNERS: _refused(400, "No available runners"),
    FaultKind.NETWORK_FIXED: _refused(
        400, "Network access is restricted and cannot be overridden at the sandbox level"
    ),
    FaultKind.NOT_STARTED: _proxy(
        400, "bad request: failed to resolve container IP: not found. Is the Sandbox started?"
    ),
    FaultKind.KEY_UNCHECKED: _proxy(
        401, "authentication failed: Bearer token validation error: service unavailable"
    ),
    FaultKind.CONTAINER_GONE: _proxy(404, "sandbox container not found"),
    FaultKind.EXECUTE_TIMEOUT: _refused(408, "request timeout: command execution timeout"),
    FaultKind.THROTTLED: _throttled("Retry-After"),
    FaultKind.THROTTLED_CREATE: _throttled("Retry-After-sandbox-create"),
    FaultKind.SERVER_ERROR: _refused(500, "An unexpected error occurred."),
    FaultKind.BAD_GATEWAY: _empty,
    FaultKind.UNAVAILABLE: _refused(503, "Service Unavailable"),
}


def _with_state(state: str, reason: str | None = None) -> Callable[[Body], Body]:
    return lambda body: {**body, "state": state, "errorReason": reason}


def _without_toolbox(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "toolboxProxyUrl"}


def _with_slash(body: Body) -> Body:
    return {**body, "toolboxProxyUrl": f"{body.get('toolboxProxyUrl', '')}/"}


def _with_replacement(body: Body) -> Body:
    result = str(body.get("result", ""))
    return {**body, "result": "\N{REPLACEMENT CHARACTER}" * 2 + result[2:]}


def _with_junk(body: Body) -> Body:
    return {**body, "result": f"{_JUNK}{body.get('result', '')}"}


_CHANGES: dict[FaultKind, Callable[[Body], Body]] = {
    FaultKind.STALE: _with_state("creating"),
    FaultKind.ERROR_STATE: _with_state("error", "The sandbox failed, on demand"),
    FaultKind.UNKNOWN_STATE: _with_state(UNKNOWN),
    FaultKind.NO_TOOLBOX_URL: _without_toolbox,
    FaultKind.TRAILING_SLASH: _with_slash,
    FaultKind.REPLACEMENT: _with_replacement,
    FaultKind.JUNK: _with_junk,
}
