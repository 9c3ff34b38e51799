"""Fault injection: which call of which operation meets which fault.

A plan holds the faults and counts the calls; chance comes from each fault's own seed, so that
a run can be repeated.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, get_type_hints

from daytona_validate._emulator.faults.fault_kinds import FaultKind
from daytona_validate._emulator.operations import Operation
from daytona_validate._errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectedFault:
    """Fault injection rule: one kind of fault, and the calls that it meets.

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
        if self.kind not in list(FaultKind):
            raise ConfigurationError(f"fault: no kind {self.kind!r}; known: {', '.join(FaultKind)}")
        is_range = self.first >= 1 and (self.last is None or self.last >= self.first)
        if not is_range or not 0 <= self.probability <= 1 or not 0 <= self.delay_s < math.inf:
            raise ConfigurationError(
                "fault: `first` counts from 1 to `last`, `probability` is between 0 and 1, "
                "`delay_s` is neither negative nor endless"
            )
        if not 200 <= self.status <= 599:  # noqa: PLR2004 - HTTP's own bounds of an answer
            raise ConfigurationError(f"fault: {self.status} is no status of an answer")


@dataclass(slots=True)
class _Active:
    """A fault that is set, and how many calls it has seen."""

    fault: InjectedFault
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
class FaultPlan:
    """Fault injection: the rules that are set, and how many calls each kind of fault has met."""

    met: Counter[str] = field(default_factory=Counter[str])
    _set: list[_Active] = field(default_factory=list[_Active])

    def set(self, *faults: InjectedFault) -> None:
        """Add faults; those that were set stay."""
        # Seeded, so that a run can be repeated; nothing secret comes from it.
        self._set.extend(_Active(each, random.Random(each.seed)) for each in faults)  # noqa: S311

    def clear(self) -> None:
        """Take all faults away; the counts stay."""
        self._set.clear()

    def meeting(self, operation: Operation) -> list[InjectedFault]:
        """Return the faults that one call meets, in the order of their setting, and count them.

        Those with a delay only may come together with one other, and the first of those wins.
        """
        met = [each.fault for each in list(self._set) if each.meets(operation)]
        delays = [each for each in met if each.kind == FaultKind.LATENCY]
        others = [each for each in met if each.kind != FaultKind.LATENCY]
        chosen = [*delays, *others[:1]]
        self.met.update(each.kind for each in chosen)
        return chosen

    def listed(self) -> list[dict[str, object]]:
        """Return the faults that are set, as JSON values."""
        return [asdict(each.fault) for each in self._set]


_TYPES = get_type_hints(InjectedFault)


def faults_from(body: object) -> Sequence[InjectedFault]:
    """Return the faults of a JSON body: one object, or a list of them.

    Raises:
        ConfigurationError: The body describes no fault. The caller's fault.
    """
    if isinstance(body, list):
        return [each for item in body for each in faults_from(item)]
    if not isinstance(body, Mapping):
        raise ConfigurationError("fault: a JSON object or a list of them is expected")
    values: dict[str, Any] = {str(name): value for name, value in body.items()}
    unknown = sorted(set(values) - set(_TYPES))
    if unknown or not {"operation", "kind"} <= set(values):
        raise ConfigurationError(
            f"fault: `operation` and `kind` are needed; unknown: {', '.join(unknown) or 'none'}"
        )
    wrong = [name for name, value in values.items() if not _fits(value, _TYPES[name])]
    if wrong:
        raise ConfigurationError(f"fault: of the wrong type: {', '.join(wrong)}")
    return [InjectedFault(**values)]


def _fits(value: object, kind: Any) -> bool:  # noqa: ANN401 - a type, or a union of some
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
