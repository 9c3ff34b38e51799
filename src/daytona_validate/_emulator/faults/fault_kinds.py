"""What can go wrong on demand. Pure."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The names; `MEANINGS` says what each does."""

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


MEANINGS: dict[Kind, str] = {
    Kind.LATENCY: "nothing goes wrong, but `delay_s` later",
    Kind.STATUS: "the `status` and the `message` of the fault",
    Kind.UNAUTHORIZED: "401, the key is not valid",
    Kind.FORBIDDEN: "403, the organization is suspended",
    Kind.CONFLICT: "409: for `create`, the name is taken; else a change is in progress",
    Kind.QUOTA: "400, the organization's quota is full",
    Kind.NO_RUNNERS: "400, no runner is free",
    Kind.NETWORK_FIXED: "400, the organization may not say anything of the network",
    Kind.THROTTLED: "429 with `Retry-After`",
    Kind.THROTTLED_CREATE: "429 with `Retry-After-sandbox-create` and without `Retry-After`",
    Kind.SERVER_ERROR: "500",
    Kind.BAD_GATEWAY: "502 without a body",
    Kind.UNAVAILABLE: "503",
    Kind.NOT_STARTED: "400 of the toolbox's proxy: is the sandbox started?",
    Kind.KEY_UNCHECKED: "401 of the toolbox's proxy, which could not ask about the key",
    Kind.CONTAINER_GONE: "404 of the toolbox's proxy: there is no such container",
    Kind.EXECUTE_TIMEOUT: "408 of the toolbox",
    Kind.FAILS_TO_START: "`create`: 400 without an id; the sandbox is there, in state `error`",
    Kind.DROPPED_BEFORE: "the connection is cut before the work",
    Kind.DROPPED_AFTER: "the connection is cut after the work, before the answer",
    Kind.DROPPED_DURING: "the connection is cut in the middle of the answer",
    Kind.DUPLICATED: "the request reaches the sandbox twice; the second answer is given",
    Kind.HTML: "200 with a page in place of JSON, without any work",
    Kind.TRUNCATED: "a whole answer whose JSON ends in the middle",
    Kind.STALE: "the answer says `creating`, whatever the state is",
    Kind.ERROR_STATE: "the answer says `error`, whatever the state is",
    Kind.UNKNOWN_STATE: "the answer says a state that Daytona does not have",
    Kind.NO_TOOLBOX_URL: "the answer lacks `toolboxProxyUrl`",
    Kind.TRAILING_SLASH: "`toolboxProxyUrl` ends with a slash",
    Kind.REPLACEMENT: "a command's output begins with two U+FFFD",
    Kind.JUNK: "foreign lines stand before a command's output",
}
"""What a client sees of each."""
