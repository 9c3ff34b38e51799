"""Sandbox-seconds: from each one's start to the confirmation of its removal."""

from __future__ import annotations

from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._providers.daytona.sandbox_meter import SandboxMeter
from manual_clock import ManualClock


def test_each_counts_from_its_start_to_its_end_and_until_now_before_that() -> None:
    clock = ManualClock()
    meter = SandboxMeter(clock)
    meter.starts("a")
    clock.now_s += 2
    meter.starts("b")
    clock.now_s += 3
    meter.ends("a")
    clock.now_s += 4
    assert meter.account() == SandboxAccount(created=2, sandbox_seconds=5.0 + 7.0)
    meter.ends("b")
    clock.now_s += 100
    assert meter.account() == SandboxAccount(created=2, sandbox_seconds=5.0 + 7.0)


def test_one_that_ends_twice_or_never_began_adds_nothing() -> None:
    clock = ManualClock()
    meter = SandboxMeter(clock)
    meter.ends("never seen")
    meter.starts("a")
    clock.now_s += 1
    meter.ends("a")
    clock.now_s += 1
    meter.ends("a")
    assert meter.account() == SandboxAccount(created=1, sandbox_seconds=1.0)
