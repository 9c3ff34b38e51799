"""Why a toolchain's own folder could not be made, and what to do."""

from __future__ import annotations

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._toolchains.derive import derive_failure
from daytona_validate._toolchains.record import Derived

OFFLINE = Step(
    stage=Stage.RUN,
    exit_code=1,
    stderr=b"npm error code EAI_AGAIN\nnpm error getaddrinfo EAI_AGAIN registry.example.org\n",
)


@pytest.mark.parametrize("has_network", [True, False], ids=["from the network", "in a sandbox"])
def test_what_needs_the_network_says_what_to_check(*, has_network: bool) -> None:
    derived = Derived(argv=("npm",), target="/opt/ts", limits=Limits(), has_network=has_network)
    failure = derive_failure(derived, OFFLINE, "TypeScript")
    assert isinstance(failure, SandboxUnavailable)
    assert isinstance(failure, ToolchainMissing) is not has_network
    assert "registry.example.org" in str(failure)
    assert ("check the network and the proxy variables" in str(failure)) is has_network
