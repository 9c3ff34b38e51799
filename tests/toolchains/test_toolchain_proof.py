"""A copy is trusted only if it reports, in a jail, the very facts of the host."""

from __future__ import annotations

import json
from typing import Any

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Stage, Step
from daytona_validate._toolchains.proof import fault_of, proven_environment
from daytona_validate._toolchains.record import Plan

EXPECTED: dict[str, object] = {
    "version": "3.11.7",
    "prefix": "/opt/py",
    "libpython": {"/opt/py/lib/libpython3.11.so": "aa"},
    "modules": ["json", "os", "ssl"],
    "extensions": {"_ssl": "ok", "_tkinter": "ImportError"},
}

DIFFERENCES = [
    pytest.param({"version": "3.11.2"}, "version is 3.11.2 instead of 3.11.7", id="version"),
    pytest.param({"prefix": None}, "prefix is None instead of /opt/py", id="absent"),
    pytest.param(
        {"libpython": {"/usr/lib/libpython3.11.so": "bb"}},
        "libpython of /opt/py/lib/libpython3.11.so, /usr/lib/libpython3.11.so differ",
        id="another library",
    ),
    pytest.param({"libpython": {"/opt/py/lib/libpython3.11.so": "ab"}}, "differ", id="its content"),
    pytest.param({"modules": ["json", "os"]}, "modules differ in ssl", id="a module less"),
    pytest.param(
        {"extensions": {"_ssl": "ImportError", "_tkinter": "ImportError"}},
        "extensions of _ssl differ",
        id="an import that fails",
    ),
]


@pytest.mark.parametrize(("reported", "fault"), DIFFERENCES)
def test_any_difference_is_named(reported: dict[str, Any], fault: str) -> None:
    assert fault in str(fault_of(_step(EXPECTED | reported), EXPECTED))


def test_the_same_facts_and_more_are_no_fault() -> None:
    assert fault_of(_step(EXPECTED | {"mapped_files": ["x"]}), EXPECTED) is None


@pytest.mark.parametrize("mapped", [["/usr/lib/libssl.so.3"], [], None])
def test_a_library_from_elsewhere_is_named(mapped: list[str] | None) -> None:
    step = _step(EXPECTED | {"mapped_files": mapped})
    fault = fault_of(step, EXPECTED, ["/opt/py/lib/libssl.so.3"])
    assert fault == "it does not load /opt/py/lib/libssl.so.3"


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (Step(stage=Stage.SETUP, exit_code=127, stderr=b"x\nnot found\n"), "(not found)"),
        (Step(stage=Stage.SETUP, exit_code=139, signal=11), "(signal 11)"),
        (Step(stage=Stage.SETUP, exit_code=1), "(exit code 1)"),
        (Step(stage=Stage.SETUP, exit_code=None, limit=Limit.MEMORY), "(memory_limit)"),
        (Step(stage=Stage.SETUP, exit_code=None), "does not run"),
        (Step(stage=Stage.SETUP, exit_code=0, stdout=b"hello\n"), "it answered hello"),
        (Step(stage=Stage.SETUP, exit_code=0, stdout=b"[1]"), "it answered [1]"),
    ],
)
def test_a_copy_that_gives_no_facts_is_at_fault(step: Step, fault: str) -> None:
    assert fault in str(fault_of(step, EXPECTED))


def _step(facts: dict[str, Any]) -> Step:
    return Step(stage=Stage.SETUP, exit_code=0, stdout=json.dumps(facts).encode())


@pytest.mark.jail
@pytest.mark.slow
async def test_no_answer_in_time_says_nothing_of_the_copy(
    jail_runner: JailRunner, patiently: Any
) -> None:
    """A slow machine has no other toolchain than a fast one, and may be asked again."""
    plan = Plan(version="1", copies=(), binds=(), argv=("sleep", "60"), expected={})
    with pytest.raises(SandboxUnavailable, match=r"Node did not answer within 0\.2 s") as raised:
        await patiently(
            lambda: proven_environment(jail_runner, plan, (), title="Node", timeout_s=0.2)
        )
    assert raised.value.retryable
    assert not isinstance(raised.value, ToolchainMissing)
