"""A control group for as long as it is needed: made, and removed once the kernel lets go of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cgroup import EMPTYING_S, Cgroup
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._models import Limits
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish


@asynccontextmanager
async def held_group(cgroups: Cgroups, limits: Limits) -> AsyncIterator[Cgroup]:
    """Hold a group under some limits.

    Raises:
        SandboxUnavailable: It could not be made. The host's fault.
    """
    try:
        group = cgroups.make(limits)
    except OSError as error:
        raise SandboxUnavailable(
            f"A control group could not be made: {error}.",
            reason=Reason.HOST_FAILED,
            retryable=True,
        ) from error
    try:
        yield group
    finally:
        if not group.remove():
            await finish(group.removed(), grace_s=2 * EMPTYING_S)
