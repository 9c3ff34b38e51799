"""The kinds of faults that can be injected. Pure."""

from __future__ import annotations

from enum import StrEnum


class FaultKind(StrEnum):
    """The name of each kind of fault; `MEANINGS` says what it does."""

    LATENCY = "latency"
    STATUS = "status"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    QUOTA = "quota"
    NO_RUNNERS = "no_runners"
    NETWORK_FIXED = "network_fixed"
    THROTTLED = "throttled"
    THROTTLED_CREATE = "throttled_create"
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    NOT_STARTED = "not_started"
    KEY_UNCHECKED = "key_unchecked"
    CONTAINER_GONE = "container_gone"
    EXECUTE_TIMEOUT = "execute_timeout"
    FAILS_TO_START = "fails_to_start"
    DROPPED_BEFORE = "dropped_before"
    DROPPED_AFTER = "dropped_after"
    DROPPED_DURING = "dropped_during"
    DUPLICATED = "duplicated"
    HTML = "html"
    TRUNCATED = "truncated"
    STALE = "stale"
    ERROR_STATE = "error_state"
    UNKNOWN_STATE = "unknown_state"
    NO_TOOLBOX_URL = "no_toolbox_url"
    TRAILING_SLASH = "trailing_slash"
    REPLACEMENT = "replacement"
    JUNK = "junk"


MEANINGS: dict[FaultKind, str] = {
    FaultKind.LATENCY: "nothing goes wrong, but `delay_s` later",
    FaultKind.STATUS: "the `status` and the `message` of the fault",
    FaultKind.UNAUTHORIZED: "401, the key is not valid",
    FaultKind.FORBIDDEN: "403, the organization is suspended",
    FaultKind.CONFLICT: "409: for `create`, the name is taken; else a change is in progress",
    FaultKind.QUOTA: "400, the organization's quota is full",
    FaultKind.NO_RUNNERS: "400, no runner is free",
    FaultKind.NETWORK_FIXED: "400, the organization may not say anything of the network",
    FaultKind.THROTTLED: "429 with `Retry-After`",
    FaultKind.THROTTLED_CREATE: "429 with `Retry-After-sandbox-create` and without `Retry-After`",
    FaultKind.SERVER_ERROR: "500",
    FaultKind.BAD_GATEWAY: "502 without a body",
    FaultKind.UNAVAILABLE: "503",
    FaultKind.NOT_STARTED: "400 of the toolbox's proxy: is the sandbox started?",
    FaultKind.KEY_UNCHECKED: "401 of the toolbox's proxy, which could not ask about the key",
    FaultKind.CONTAINER_GONE: "404 of the toolbox's proxy: there is no such container",
    FaultKind.EXECUTE_TIMEOUT: "408 of the toolbox",
    FaultKind.FAILS_TO_START: "`create`: 400 without an id; the sandbox is there, in state `error`",
    FaultKind.DROPPED_BEFORE: "the connection is cut before the work",
    FaultKind.DROPPED_AFTER: "the connection is cut after the work, before the answer",
    FaultKind.DROPPED_DURING: "the connection is cut in the middle of the answer",
    FaultKind.DUPLICATED: "the request reaches the sandbox twice; the second answer is given",
    FaultKind.HTML: "200 with a page in place of JSON, without any work",
    FaultKind.TRUNCATED: "a whole answer whose JSON ends in the middle",
    FaultKind.STALE: "the answer says `creating`, whatever the state is",
    FaultKind.ERROR_STATE: "the answer says `error`, whatever the state is",
    FaultKind.UNKNOWN_STATE: "the answer says a state that Daytona does not have",
    FaultKind.NO_TOOLBOX_URL: "the answer lacks `toolboxProxyUrl`",
    FaultKind.TRAILING_SLASH: "`toolboxProxyUrl` ends with a slash",
    FaultKind.REPLACEMENT: "a command's output begins with two U+FFFD",
    FaultKind.JUNK: "foreign lines stand before a command's output",
}
"""What a client sees of each."""
