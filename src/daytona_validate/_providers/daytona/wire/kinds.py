"""The kinds of failures of the service, each of which a caller handles in its own way."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong, as far as a caller would act differently."""

    REFUSED = "refused"
    """The API does not let the key or its organization do this (401, 403)."""
    NOT_ADMITTED = "not_admitted"
    """The proxy before a sandbox lets nobody in. It says of a sandbox that is gone what it says
    of a wrong key, so this is no word about the key: the API has to be asked."""
    THROTTLED = "throttled"
    """Too many requests (429)."""
    FULL = "full"
    """No room: the organization's pool is used up, or no runner is free."""
    NO_SNAPSHOT = "no_snapshot"
    """The snapshot does not exist, is broken, or is not in this region."""
    INACTIVE = "inactive"
    """The snapshot exists and is not active: to be activated, or still on its way."""
    COOLING = "cooling"
    """The snapshot was put to sleep a short while ago, and cannot be woken yet."""
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    """The name is taken, or the sandbox is between two states."""
    START_FAILED = "start_failed"
    """The sandbox was made and went to an error state; its row is still there."""
    NOT_ROUTED = "not_routed"
    """The way to the sandbox is not there yet, or just gone; it may pass."""
    NETWORK_FIXED = "network_fixed"
    """The organization does not let a sandbox choose its network."""
    REJECTED = "rejected"
    """Any other request that the service does not take (4xx)."""
    TOOK_TOO_LONG = "took_too_long"
    """The daemon ended the command at its time limit (408)."""
    SERVER = "server"
    """The service, its proxy or the daemon failed (5xx)."""
    UNREACHABLE = "unreachable"
    """There was no connection: nothing was sent."""
    CUT_OFF = "cut_off"
    """It was sent, wholly or in part, and the answer was lost."""
    MALFORMED = "malformed"
    """An answer that makes no sense: HTML, broken JSON, missing fields, a redirect."""
