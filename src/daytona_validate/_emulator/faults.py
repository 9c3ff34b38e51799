"""Faults on demand: which call of which operation meets which fault.

A plan holds the faults and counts the calls; chance comes from each fault's own seed, so that
a run can be repeated.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from daytona_validate._emulator.operations import Operation
from daytona_validate._errors import ConfigurationError


class Kind(StrEnum):
    """What can go wrong. «Before» and «after» say whether the work is done nevertheless."""

    LATENCY = "latency"
    """The answer comes `delay_s` later."""
    STATUS = "status"
    """An answer with `status` and `message`, and the header Retry-After if `retry_after_s` is
    given; after the work if `is_after`."""
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    """409: for create, a name that is taken; else, a change that is in progress."""
    QUOTA = "quota"
    """400: the organization's quota is full."""
    NO_RUNNERS = "no_runners"
    NETWORK_FIXED = "network_fixed"
    """400: the organization's tier may not say anything of the network."""
    NOT_STARTED = "not_started"
    """400 of the toolbox: is the sandbox started?"""
    KEY_UNCHECKED = "key_unchecked"
    """401 of the toolbox, as the proxy itself could not ask the API."""
    CONTAINER_GONE = "container_gone"
    """404 of the toolbox."""
    EXECUTE_TIMEOUT = "execute_timeout"
    """408 of the toolbox."""
    THROTTLED = "throttled"
    """429 with Retry-After."""
    THROTTLED_CREATE = "throttled_create"
    """429 with Retry-After-sandbox-create instead."""
    SERVER_ERROR = "server_error"
    BAD_GATEWAY = "bad_gateway"
    """502 with an empty body."""
    UNAVAILABLE = "unavailable"
    """503."""
    FAILS_TO_START = "fails_to_start"
    """Create: the sandbox comes into state `error`, and the answer is a 400 without an id."""
    DROPPED_BEFORE = "dropped_before"
    """The connection is cut before the work."""
    DROPPED_AFTER = "dropped_after"
    """The connection is cut after the work, before the answer."""
    DROPPED_DURING = "dropped_during"
    """The connection is cut in the middle of the answer's body."""
    DUPLICATED = "duplicated"
    """The request reaches the sandbox twice, and the second answer is given."""
    HTML = "html"
    """200, with a page instead of JSON."""
    TRUNCATED = "truncated"
    """The answer's JSON ends in the middle."""
    STALE = "stale"
    """The answer says `creating`, whatever the state."""
    ERROR_STATE = "error_state"
    """The answer says `error`, whatever the state."""
    UNKNOWN_STATE = "unknown_state"
    """The answer says a state that nobody has heard of."""
    NO_TOOLBOX_URL = "no_toolbox_url"
    """The answer lacks toolboxProxyUrl."""
    TRAILING_SLASH = "trailing_slash"
    """toolboxProxyUrl ends with a slash."""
    REPLACEMENT = "replacement"
    """The first bytes of a command's output come as U+FFFD."""
    JUNK = "junk"
    """Foreign lines stand before a command's output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault, and the calls that it meets.

    Counting starts with 1 at the fault's being set. Of the calls from `first` to `last`, each
    is met with the probability.
    """

    operation: str
    """A name of `Operation`, or `*` for all."""
    kind: str
    """A name of `Kind`."""
    first: int = 1
    last: int | None = None
    """None: no end."""
    probability: float = 1.0
    seed: int = 0
    delay_s: float = 0.0
    """Time before the answer, for every kind."""
    retry_after_s: int | None = None
    """None: 1 where the kind needs one."""
    status: int = 500
    message: str = "An unexpected error occurred."
    is_after: bool = False
    """For kinds with a status: the work is done, only its answer is lost."""

    def __post_init__(self) -> None:
        """Refuse what could never happen.

        Raises:
            ConfigurationError: A name is unknown or a number makes no sense.
        """
        if self.operation != "*" and self.operation not in list(Operation):
            raise ConfigurationError(f"fault: no operation {self.operation!r} is known")
        if self.kind not in list(Kind):
            raise ConfigurationError(f"fault: no kind {self.kind!r}; known: {', '.join(Kind)}")
        is_range = self.first >= 1 and (self.last is None or self.last >= self.first)
        if not is_range or not 0 <= self.probability <= 1 or self.delay_s < 0:
            raise ConfigurationError(
                "fault: `first` counts from 1 to `last`, `probability` is between 0 and 1, "
                "`delay_s` is not negative"
            )
        if not 200 <= self.status <= 599:  # noqa: PLR2004 - HTTP's own bounds of an answer
            raise ConfigurationError(f"fault: {self.status} is no status of an answer")


@dataclass(slots=True)
class _Set:
    """A fault that is set, and how many calls it has seen."""

    fault: Fault
    dice: random.Random
    calls: int = 0

    def meets(self, operation: Operation) -> bool:
        fault = self.fault
        if fault.operation not in ("*", operation):
            return False
        self.calls += 1
        if self.calls < fault.first or (fault.last is not None and self.calls > fault.last):
            return False
        return self.dice.random() < fault.probability


@dataclass(slots=True)
class Faults:
    """The faults that are set, and how many calls each kind has met."""

    met: Counter[str] = field(default_factory=Counter[str])
    _set: list[_Set] = field(default_factory=list[_Set])

    def set(self, *faults: Fault) -> None:
        """Add faults; those that were set stay."""
        # Seeded, so that a run can be repeated; nothing secret comes from it.
        self._set.extend(_Set(each, random.Random(each.seed)) for each in faults)  # noqa: S311

    def clear(self) -> None:
        """Take all faults away; the counts stay."""
        self._set.clear()

    def meeting(self, operation: Operation) -> list[Fault]:
        """Return the faults that one call meets, in the order of their setting, and count them.

        Those with a delay only may come together with one other, and the first of those wins.
        """
        met = [each.fault for each in list(self._set) if each.meets(operation)]
        delays = [each for each in met if each.kind == Kind.LATENCY]
        others = [each for each in met if each.kind != Kind.LATENCY]
        chosen = [*delays, *others[:1]]
        self.met.update(each.kind for each in chosen)
        return chosen

    def listed(self) -> list[dict[str, object]]:
        """Return the faults that are set, as JSON values."""
        return [asdict(each.fault) for each in self._set]


_NAMES = {each.name for each in fields(Fault)}


def faults_from(body: object) -> Sequence[Fault]:
    """Return the faults of a JSON body: one object, or a list of them.

    Raises:
        ConfigurationError: It is none.
    """
    if isinstance(body, list):
        return [each for item in body for each in faults_from(item)]
    if not isinstance(body, Mapping):
        raise ConfigurationError("fault: a JSON object or a list of them is expected")
    values: dict[str, Any] = {str(name): value for name, value in body.items()}
    unknown = sorted(set(values) - _NAMES)
    if unknown or not {"operation", "kind"} <= set(values):
        raise ConfigurationError(
            f"fault: `operation` and `kind` are needed; unknown: {', '.join(unknown) or 'none'}"
        )
    try:
        return [Fault(**values)]
    except TypeError:
        raise ConfigurationError("fault: a field has the wrong type") from None
