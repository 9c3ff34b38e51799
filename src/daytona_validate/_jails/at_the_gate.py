"""What is done to a jail that waits at its gate, before anything of it runs."""

from __future__ import annotations

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.inherited import be_first_to_go, be_nicer, set_rlimits
from daytona_validate._jails.privileges import is_only, status_of
from daytona_validate._jails.spawn import PASSING
from daytona_validate._reason import Reason


class CannotJoin(SandboxUnavailable):
    """A process could not be moved into the control group made for it."""

    reason = Reason.HOST_FAILED


class CannotBound(SandboxUnavailable):
    """A process's rlimits could not be set from outside."""

    reason = Reason.HOST_FAILED


def put_under_limits(
    group: Cgroup, pid: int, run_as: int | None, *, sets_rlimits: bool = True
) -> None:
    """Put a jail under its limits; raise rather than have it run as root.

    Args:
        group: Joined here, if the jail could not do so by itself.
        pid: Of the jail's first process.
        run_as: The id that it must have; None: the caller's.
        sets_rlimits: Whether those that it would inherit can be set from outside.

    Raises:
        CannotJoin: The group cannot be joined.
        CannotBound: The rlimits cannot be set.
        SandboxUnavailable: It runs as somebody else.
    """
    status = None if run_as is None else status_of(pid)
    if run_as is not None and status is not None and not is_only(status, run_as):
        raise SandboxUnavailable(
            f"A sandbox did not get the user {run_as} and no other, so nothing was run in it.",
            reason=Reason.NO_ISOLATION,
        )
    try:
        if sets_rlimits:
            _bound(pid)
        be_first_to_go(pid)
        if not group.has_cpu_weight():
            be_nicer(pid)
        if not group.holds(pid):
            group.add(pid)
    except ProcessLookupError:
        pass  # it died while it was set up; what bubblewrap says of it is more telling
    except OSError as error:
        raise CannotJoin(
            f"A control group could not be joined: {error}.", retryable=error.errno in PASSING
        ) from error


def _bound(pid: int) -> None:
    try:
        set_rlimits(pid)
    except PermissionError as error:
        raise CannotBound(f"The rlimits of a sandbox could not be set: {error}.") from error
