"""Whose fault a failed installation is, read from what pip 26.3 and npm 11.17 printed in 2026."""

from __future__ import annotations

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Limit, Stage, Step
from daytona_validate._toolchains.installers import telling
from daytona_validate._toolchains.packages.failure import (
    PackageMissing,
    install_failure,
    named_culprit,
)

PIP_UNREACHABLE = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after \
connection broken by 'NameResolutionError("HTTPSConnection(host='index.invalid', port=443): \
Failed to resolve 'index.invalid'")': /simple/six/
ERROR: Could not find a version that satisfies the requirement six (from versions: none)
ERROR: No matching distribution found for six
"""
PIP_NOT_THERE = """\
Collecting six==1.16.0
ERROR: Could not find a version that satisfies the requirement idna==0.1 (from versions: 2.0)
ERROR: No matching distribution found for idna==0.1
"""
PIP_CONFLICT = """\
ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.
ERROR: ResolutionImpossible: for help visit the documentation
"""
PIP_NO_ROOM = (
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
)
PIP_BROKEN = """\
Traceback (most recent call last):
  File "x.py", line 1, in <module>
AssertionError: something else
"""
NPM_UNREACHABLE = """\
npm error code EAI_AGAIN
npm error syscall getaddrinfo
npm error request to https://index.invalid/x failed, reason: getaddrinfo EAI_AGAIN index.invalid
npm error A complete log of this run can be found in: /work/tmp/npm/_logs/debug-0.log
"""
NPM_NO_PACKAGE = """\
npm error code E404
npm error 404 Not Found - GET https://index.invalid/nope
npm error 404
npm error 404  The requested resource 'nope@*' could not be found or you do not have permission.
npm error 404
npm error A complete log of this run can be found in: /work/tmp/npm/_logs/debug-0.log
"""
NPM_NO_VERSION = """\
npm error code ETARGET
npm error notarget No matching version found for lodash@99.1.1.
npm error A complete log of this run can be found in: /work/tmp/npm/_logs/debug-0.log
"""
NPM_OLD = "npm ERR! code ECONNREFUSED\nnpm ERR! errno ECONNREFUSED\n"

CASES = [
    pytest.param(PIP_UNREACHABLE, SandboxUnavailable, "NameResolutionError", id="pip unreachable"),
    pytest.param(
        PIP_NOT_THERE, ToolchainMissing, "found for idna==0.1. Correct", id="pip no wheel"
    ),
    pytest.param(PIP_CONFLICT, ToolchainMissing, "conflicting dependencies", id="pip conflict"),
    pytest.param(PIP_NO_ROOM, ToolchainMissing, "larger than 500 MB", id="pip no room"),
    pytest.param(PIP_BROKEN, SandboxUnavailable, "AssertionError: something", id="pip broken"),
    pytest.param(
        NPM_UNREACHABLE, SandboxUnavailable, "getaddrinfo EAI_AGAIN", id="npm unreachable"
    ),
    pytest.param(NPM_OLD, SandboxUnavailable, "cannot be reached", id="npm 8 unreachable"),
    pytest.param(NPM_NO_PACKAGE, ToolchainMissing, "resource 'nope@*'", id="npm no package"),
    pytest.param(NPM_NO_VERSION, ToolchainMissing, "found for lodash@99.1.1.", id="npm no version"),
    pytest.param("", SandboxUnavailable, "exit code 1", id="silence"),
]


@pytest.mark.parametrize(("said", "kind", "told"), CASES)
def test_the_installers_words_decide_whose_fault_it_is(
    said: str, kind: type[SandboxUnavailable], told: str
) -> None:
    failure = install_failure("python", ["six", "idna==0.1"], _step(1, said), timeout_s=120)
    assert isinstance(failure, kind)
    assert isinstance(failure, ToolchainMissing) == (kind is ToolchainMissing)
    assert told in str(failure)
    assert "six, idna==0.1" in str(failure)
    assert failure is not None
    assert not failure.retryable


LIMITS = [
    (Limit.TIMEOUT, SandboxUnavailable, "more than 120 s"),
    (Limit.OUTPUT, ToolchainMissing, "larger than 500 MB"),
    (Limit.DISK, ToolchainMissing, "larger than 500 MB"),
    (Limit.MEMORY, SandboxUnavailable, "memory_limit"),
]


@pytest.mark.parametrize(("limit", "kind", "told"), LIMITS)
def test_a_limit_that_was_met_is_named(
    limit: Limit, kind: type[SandboxUnavailable], told: str
) -> None:
    failure = install_failure("python", ["six"], _step(None, PIP_NOT_THERE, limit), timeout_s=120)
    assert type(failure) is kind
    assert told in str(failure)


PIP_ADDRESS = """\
Collecting top
  Downloading http://127.0.0.1:1/files/top-1.0-py3-none-any.whl
Collecting direct@ http://127.0.0.1:2/direct-1.0-py3-none-any.whl (from top)
WARNING: Retrying (Retry(total=0)) after connection broken by \
'ProxyError(OSError('Tunnel connection failed: 403 127.0.0.1:2 is not of the index'))': /direct
ERROR: Could not install packages due to an OSError: Max retries exceeded
"""
NPM_ADDRESS = """\
npm error code ENOTINREGISTRY
npm error middle@2.0.0 needs x@someone/x, and only versions in the registry are installed
npm error A complete log of this run can be found in: /work/tmp/npm/_logs/debug-0.log
"""


@pytest.mark.parametrize(
    ("names", "said", "told", "culprit"),
    [
        (["top", "six"], PIP_ADDRESS, "top needs direct @ http://127.0.0.1:2/direct-1.0", "top"),
        (["upper", "six"], PIP_ADDRESS, "top needs direct @ http://127.0.0.1:2/direct-1.0", None),
        (["upper"], PIP_ADDRESS, "top needs direct @ http://127.0.0.1:2/direct-1.0", "upper"),
        (["top"], NPM_ADDRESS, "middle@2.0.0 needs x@someone/x, and only", "top"),
    ],
)
def test_a_dependency_that_is_no_version_of_the_index_is_the_lists_fault(
    names: list[str], said: str, told: str, culprit: str | None
) -> None:
    refused = ["127.0.0.1:2 is not of the package index"]
    failure = install_failure("python", names, _step(1, said), timeout_s=1, refused=refused)
    assert isinstance(failure, ToolchainMissing)
    assert told in str(failure)
    assert (failure.name if isinstance(failure, PackageMissing) else None) == culprit


def test_an_index_that_leads_elsewhere_is_the_infrastructures_fault() -> None:
    refused = ["x.example has the address 10.0.0.1, which is not public"]
    step = _step(1, PIP_UNREACHABLE)
    failure = install_failure("python", ["six"], step, timeout_s=1, refused=refused)
    assert type(failure) is SandboxUnavailable
    assert "leads elsewhere: x.example has the address 10.0.0.1" in str(failure)


def test_an_index_that_is_not_reached_is_told_as_it_was_found() -> None:
    """pip says of it that there is no such package."""
    unreachable = ["pypi.org cannot be reached: Temporary failure"]
    failure = install_failure(
        "python", ["six"], _step(1, PIP_NOT_THERE), timeout_s=1, unreachable=unreachable
    )
    assert type(failure) is SandboxUnavailable
    assert str(failure).endswith("the package index cannot be reached: " + unreachable[0])


def test_warnings_of_a_good_installation_are_no_failure() -> None:
    assert install_failure("python", ["six"], _step(0, PIP_UNREACHABLE), timeout_s=120) is None


def test_what_is_told_is_one_short_line_without_control_characters() -> None:
    line = telling("ERROR: \x1b[31mred\x07 " + "x" * 1000)
    assert line.isprintable()
    assert len(line) == 200


def _step(exit_code: int | None, said: str, limit: Limit | None = None) -> Step:
    return Step(stage=Stage.SETUP, exit_code=exit_code, stderr=said.encode(), limit=limit)


@pytest.mark.parametrize(
    ("names", "said", "culprit"),
    [
        (["six", "idna==0.1"], PIP_NOT_THERE, "idna==0.1"),
        (["Six_Pack[x]"], "ERROR: No matching distribution found for six-pack[x]", "Six_Pack[x]"),
        (["lodash@99.1.1", "x"], NPM_NO_VERSION, "lodash@99.1.1"),
        (["@a/nope@1.0.0", "nope"], NPM_NO_PACKAGE, "nope"),
        (["nope@1.0.0"], NPM_NO_PACKAGE, "nope@1.0.0"),
        (["other", "x"], PIP_NOT_THERE, None),
        (["other"], PIP_NOT_THERE, "other"),
        (["six"], PIP_UNREACHABLE, None),
        (["a==1", "b==1"], PIP_CONFLICT, None),
        (["a==1"], PIP_CONFLICT, "a==1"),
    ],
)
def test_the_package_that_cannot_be_had_is_named(
    names: list[str], said: str, culprit: str | None
) -> None:
    assert named_culprit(names, _step(1, said)) == culprit
    failure = install_failure("python", names, _step(1, said), timeout_s=1)
    assert isinstance(failure, PackageMissing) == (culprit is not None)


def test_a_limit_names_no_package() -> None:
    assert named_culprit(["idna==0.1"], _step(None, PIP_NOT_THERE, Limit.TIMEOUT)) is None
