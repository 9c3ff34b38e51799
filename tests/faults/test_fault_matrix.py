"""Whatever the service does wrong: no wrong verdict, nothing left, and mostly a verdict at all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.jail, pytest.mark.timeout(600)]

USES = 20
OFTEN = {"probability": 0.25, "seed": 7}
ALWAYS: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fault, and how much must come through."""

    operation: str
    kind: str
    how: dict[str, Any]
    verdicts: float = 1.0
    """The least part of the validations that comes to a verdict."""
    most_verdicts: float = 1.0
    creates: int | None = None
    """How often at most a sandbox is asked for, beyond one for each place of the concurrency."""

    @property
    def fault(self) -> dict[str, Any]:
        return {"operation": self.operation, "kind": self.kind, **self.how}

    @property
    def name(self) -> str:
        often = "always" if self.how == ALWAYS else "often"
        details = "".join(f" {key}={value}" for key, value in self.how.items() if key not in OFTEN)
        return f"{self.operation} {self.kind}{details} ({often})"


MOSTLY = 0.6
"""Three attempts at a fault of one in four leave one in 64; small numbers vary."""
FAULTS = [
    # What makes nothing worse than slower.
    Row(operation="*", kind="latency", how={"delay_s": 0.05, **OFTEN}),
    Row(operation="create", kind="stale", how=ALWAYS),
    Row(operation="create", kind="unknown_state", how=ALWAYS),
    Row(operation="create", kind="no_toolbox_url", how=ALWAYS),
    Row(operation="create", kind="trailing_slash", how=ALWAYS),
    Row(operation="create", kind="throttled", how=OFTEN),
    Row(operation="create", kind="throttled_create", how=OFTEN),
    Row(operation="create", kind="quota", how=OFTEN),
    Row(operation="execute", kind="duplicated", how=ALWAYS),
    Row(operation="execute", kind="junk", how=ALWAYS),
    Row(operation="delete", kind="duplicated", how=ALWAYS),
    Row(operation="delete", kind="conflict", how=OFTEN),
    Row(operation="delete", kind="throttled", how=OFTEN),
    Row(operation="delete", kind="server_error", how=OFTEN),
    Row(operation="delete", kind="bad_gateway", how=OFTEN),
    Row(operation="delete", kind="dropped_before", how=OFTEN),
    Row(operation="delete", kind="dropped_after", how=OFTEN),
    Row(operation="delete", kind="html", how=OFTEN),
    # What costs attempts.
    Row(operation="create", kind="no_runners", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="conflict", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="server_error", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="server_error", how={"is_after": True, **OFTEN}, verdicts=MOSTLY),
    Row(operation="create", kind="bad_gateway", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="unavailable", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="dropped_before", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="dropped_after", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="dropped_during", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="truncated", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="html", how=OFTEN, verdicts=0.5),
    Row(operation="create", kind="duplicated", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="fails_to_start", how=OFTEN, verdicts=MOSTLY),
    Row(operation="create", kind="error_state", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="not_started", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="key_unchecked", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="container_gone", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="unauthorized", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="forbidden", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="server_error", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="server_error", how={"is_after": True, **OFTEN}, verdicts=MOSTLY),
    Row(operation="execute", kind="bad_gateway", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="bad_gateway", how={"is_after": True, **OFTEN}, verdicts=MOSTLY),
    Row(operation="execute", kind="throttled", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="dropped_before", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="dropped_after", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="dropped_during", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="truncated", how=OFTEN, verdicts=MOSTLY),
    Row(operation="execute", kind="html", how=OFTEN, verdicts=0.5),
    Row(operation="execute", kind="replacement", how=OFTEN, verdicts=0.5),
    # What no client can mend: nothing is judged, and a refused key is not tried again.
    Row(
        operation="create", kind="unauthorized", how=ALWAYS, verdicts=0, most_verdicts=0, creates=0
    ),
    Row(operation="create", kind="forbidden", how=ALWAYS, verdicts=0, most_verdicts=0, creates=0),
    Row(operation="create", kind="network_fixed", how=ALWAYS, verdicts=0, most_verdicts=0),
    Row(operation="execute", kind="execute_timeout", how=ALWAYS, verdicts=0, most_verdicts=0),
    Row(operation="execute", kind="unauthorized", how=ALWAYS, verdicts=0, most_verdicts=0),
]


QUICK = {
    ("create", "quota"),
    ("create", "dropped_after"),
    ("create", "unauthorized"),
    ("execute", "junk"),
    ("execute", "container_gone"),
    ("execute", "replacement"),
    ("delete", "server_error"),
}
"""One of each kind of failure: refused, full, cut off, not JSON, gone, without its key."""


def params(rows: list[Row], quick: set[tuple[str, str]]) -> list[Any]:
    """Return rows as parameters; most are left to the thorough tests."""

    def marks(row: Row) -> list[pytest.MarkDecorator]:
        is_quick = (row.operation, row.kind) in quick and "is_after" not in row.how
        return [] if is_quick else [pytest.mark.thorough]

    return [pytest.param(row, id=row.name, marks=marks(row)) for row in rows]


@pytest.mark.parametrize("row", params(FAULTS, QUICK))
async def test_results_are_true_and_nothing_is_left(faulty: Any, row: Row) -> None:
    came = await faulty.validate(row.name, row.fault)
    holds(row, came, faulty)


IN_USED = [row for row in FAULTS if row.operation != "create"]
"""Where a sandbox is used for several snippets, creation is what it was."""


@pytest.mark.parametrize("row", params(IN_USED, {("execute", "container_gone")}))
async def test_results_are_as_true_in_used_sandboxes(faulty: Any, row: Row) -> None:
    came = await faulty.validate(f"{row.name}, {USES} a sandbox", row.fault, uses=USES)
    holds(row, came, faulty)


def holds(row: Row, came: Any, faulty: Any) -> None:
    """See that nothing is wrong, left, or too often without a verdict."""
    assert came.wrong == []
    assert came.right + came.unavailable == faulty.validations
    assert came.created == came.deleted
    assert came.faults_met > 0, "this fault was never met"
    assert came.right >= row.verdicts * faulty.validations, came.reasons
    assert came.right <= row.most_verdicts * faulty.validations
    if row.creates is not None:
        assert came.creates_asked <= faulty.concurrency + row.creates


async def test_without_a_fault_all_are_judged(faulty: Any) -> None:
    came = await faulty.validate("none")
    assert (came.right, came.unavailable) == (faulty.validations, 0)
    assert came.created == came.deleted == came.creates_asked == faulty.validations


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's sandboxes are used again")
async def test_without_a_fault_few_sandboxes_are_made_for_all(faulty: Any) -> None:
    came = await faulty.validate(f"none, {USES} a sandbox", uses=USES)
    assert (came.right, came.unavailable) == (faulty.validations, 0)
    assert came.created == came.deleted == came.creates_asked < faulty.validations
    assert came.most_used > 1
