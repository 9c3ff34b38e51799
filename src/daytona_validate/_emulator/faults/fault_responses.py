"""How each kind of fault words its answer, or changes the one that was given. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable

from daytona_validate._emulator.faults.fault_kinds import Kind
from daytona_validate._emulator.faults.fault_plan import Fault
from daytona_validate._emulator.operations import Operation
from daytona_validate._emulator.refusals import PROXY, Refusal

PAGE = b"<!doctype html><html><head><title>Daytona</title></head><body></body></html>"
"""What the dashboard answers for any address that is not the API's."""

UNKNOWN = "hibernating"
"""A state that Daytona does not have."""

Body = dict[str, object]
Word = Callable[[Fault, Operation], Refusal]

_BUSY = "Sandbox state change in progress"
_TAKEN = "Sandbox with this name already exists"
_JUNK = "bash: line 3:    17 Killed                  true\n/usr/bin/sh: warning: setlocale\n"


def denial(fault: Fault, operation: Operation) -> Refusal | None:
    """Return the error that a fault answers with, or None if it does something else."""
    word = _DENIALS.get(Kind(fault.kind))
    return None if word is None else word(fault, operation)


def changed(fault: Fault, body: bytes) -> bytes:
    """Return the body of a good answer as a fault spoils it; unchanged, if it does not."""
    kind = Kind(fault.kind)
    if kind is Kind.TRUNCATED:
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
    return lambda _fault, _operation: Refusal(status, message)


def _proxy(status: int, message: str) -> Word:
    return lambda _fault, _operation: Refusal(status, message, source=PROXY)


def _conflict(_fault: Fault, operation: Operation) -> Refusal:
    return Refusal(409, _TAKEN if operation is Operation.CREATE else _BUSY)


def _throttled(header: str) -> Word:
    def word(fault: Fault, _operation: Operation) -> Refusal:
        wait_s = 1 if fault.retry_after_s is None else fault.retry_after_s
        return Refusal(429, "ThrottlerException: Too Many Requests", headers={header: str(wait_s)})

    return word


def _empty(fault: Fault, _operation: Operation) -> Refusal:
    return Refusal(502, fault.message, is_empty=True)


def _as_told(fault: Fault, _operation: Operation) -> Refusal:
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    return Refusal(fault.status, fault.message, headers=headers)


_DENIALS: dict[Kind, Word] = {
    Kind.STATUS: _as_told,
    Kind.UNAUTHORIZED: _refused(401, "Invalid credentials"),
    Kind.FORBIDDEN: _refused(403, "Organization is suspended: Depleted credits"),
    Kind.CONFLICT: _conflict,
    Kind.QUOTA: _refused(400, "Total CPU limit exceeded. Maximum allowed: 10."),
    Kind.NO_RUNNERS: _refused(400, "No available runners"),
    Kind.NETWORK_FIXED: _refused(
        400, "Network access is restricted and cannot be overridden at the sandbox level"
    ),
    Kind.NOT_STARTED: _proxy(
        400, "bad request: failed to resolve container IP: not found. Is the Sandbox started?"
    ),
    Kind.KEY_UNCHECKED: _proxy(
        401, "authentication failed: Bearer token validation error: service unavailable"
    ),
    Kind.CONTAINER_GONE: _proxy(404, "sandbox container not found"),
    Kind.EXECUTE_TIMEOUT: _refused(408, "request timeout: command execution timeout"),
    Kind.THROTTLED: _throttled("Retry-After"),
    Kind.THROTTLED_CREATE: _throttled("Retry-After-sandbox-create"),
    Kind.SERVER_ERROR: _refused(500, "An unexpected error occurred."),
    Kind.BAD_GATEWAY: _empty,
    Kind.UNAVAILABLE: _refused(503, "Service Unavailable"),
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


_CHANGES: dict[Kind, Callable[[Body], Body]] = {
    Kind.STALE: _with_state("creating"),
    Kind.ERROR_STATE: _with_state("error", "The sandbox failed, on demand"),
    Kind.UNKNOWN_STATE: _with_state(UNKNOWN),
    Kind.NO_TOOLBOX_URL: _without_toolbox,
    Kind.TRAILING_SLASH: _with_slash,
    Kind.REPLACEMENT: _with_replacement,
    Kind.JUNK: _with_junk,
}
