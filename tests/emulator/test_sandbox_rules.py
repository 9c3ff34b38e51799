"""The states of a sandbox, as the platform's server has them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._emulator.control_plane.sandbox_states import (
    SandboxRow,
    SandboxState,
    destroying,
    due_action,
    expired,
    starting,
    stopping,
    transitioned,
)
from daytona_validate._emulator.refusals import HttpRefusal

NEW = SandboxRow(
    id="id-1", name="one", snapshot="daytona-small", created_s=0, updated_s=0, active_s=0
)
STARTED = transitioned(NEW, SandboxState.STARTED, now_s=0)
STOPPED = replace(
    transitioned(STARTED, SandboxState.STOPPED, now_s=0), desired=SandboxState.STOPPED
)


@pytest.mark.parametrize(
    ("sandbox", "status"),
    [
        pytest.param(NEW, 409, id="creating"),
        pytest.param(transitioned(NEW, SandboxState.BUILDING, now_s=0), 409, id="building"),
        pytest.param(transitioned(STARTED, SandboxState.DESTROYING, now_s=0), 409, id="destroying"),
        pytest.param(transitioned(STARTED, SandboxState.DESTROYED, now_s=0), 404, id="destroyed"),
        pytest.param(
            replace(transitioned(NEW, SandboxState.ERROR, now_s=0), desired=SandboxState.DESTROYED),
            404,
            id="failed and deleted",
        ),
    ],
)
def test_some_states_cannot_be_deleted(sandbox: SandboxRow, status: int) -> None:
    with pytest.raises(HttpRefusal) as refused:
        destroying(sandbox, now_s=1)
    assert refused.value.status == status


@pytest.mark.parametrize(
    "sandbox",
    [
        pytest.param(STARTED, id="started"),
        pytest.param(STOPPED, id="stopped"),
        pytest.param(transitioned(NEW, SandboxState.ERROR, now_s=0), id="error"),
        pytest.param(transitioned(NEW, SandboxState.PENDING_BUILD, now_s=0), id="pending build"),
    ],
)
def test_deleting_frees_the_name_at_once(sandbox: SandboxRow) -> None:
    gone = destroying(sandbox, now_s=7)
    assert gone.desired is SandboxState.DESTROYED
    assert gone.name != "one"
    assert gone.is_changing


def test_time_ends_a_sandbox_in_any_state() -> None:
    assert expired(NEW, now_s=1).desired is SandboxState.DESTROYED


def test_stopping_and_starting_have_their_states() -> None:
    stopped = stopping(STARTED, now_s=1)
    assert (stopped.state, stopped.desired) == (SandboxState.STOPPING, SandboxState.STOPPED)
    started = starting(STOPPED, now_s=1)
    assert (started.state, started.desired) == (SandboxState.STARTING, SandboxState.STARTED)
    for wrong, act in ((STOPPED, stopping), (STARTED, starting)):
        with pytest.raises(HttpRefusal, match="not"):
            act(wrong, now_s=1)
    for act in (stopping, starting):
        with pytest.raises(HttpRefusal) as refused:
            act(NEW, now_s=1)
        assert refused.value.status == 409


MINUTE_S = 60.0


@pytest.mark.parametrize(
    ("sandbox", "after_s", "is_busy", "act"),
    [
        pytest.param(replace(STARTED, auto_stop_min=3), 179, False, None, id="not idle yet"),
        pytest.param(replace(STARTED, auto_stop_min=3), 180, False, "stop", id="idle"),
        pytest.param(replace(STARTED, auto_stop_min=3), 999, True, None, id="busy"),
        pytest.param(replace(STARTED, auto_stop_min=0), 1e9, False, None, id="never stops"),
        pytest.param(
            replace(STARTED, auto_stop_min=3, auto_delete_min=0),
            180,
            False,
            "destroy",
            id="destroyed instead of stopped",
        ),
        pytest.param(replace(NEW, auto_stop_min=1), 999, False, None, id="never started"),
        pytest.param(replace(NEW, destroy_s=100), 99, False, None, id="young"),
        pytest.param(replace(NEW, destroy_s=100), 100, True, "destroy", id="old, whatever it does"),
        pytest.param(replace(STOPPED, auto_delete_min=2), 119, False, None, id="just stopped"),
        pytest.param(replace(STOPPED, auto_delete_min=2), 120, False, "destroy", id="long stopped"),
        pytest.param(STOPPED, 1e9, False, None, id="stopped for ever"),
        pytest.param(
            replace(STARTED, destroy_s=1, desired=SandboxState.DESTROYED),
            9,
            False,
            None,
            id="on its way",
        ),
    ],
)
def test_time_does_what_the_intervals_say(
    sandbox: SandboxRow, after_s: float, is_busy: bool, act: str | None
) -> None:
    assert due_action(sandbox, now_s=after_s, minute_s=MINUTE_S, is_busy=is_busy) == act
