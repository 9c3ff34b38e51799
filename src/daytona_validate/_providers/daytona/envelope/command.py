"""The commands of a run with their timeouts, and the paths of a sandbox."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daytona_validate._core.limits import WALL_FACTOR
from daytona_validate._models import Stage

SPARE_S = 10
"""For writing files, killing what is left and printing: more than all of that takes."""


@dataclass(frozen=True, slots=True)
class TimedCommand:
    """A command with its timeout: one process of a run, found on the sandbox's PATH."""

    stage: Stage
    argv: tuple[str, ...]
    timeout_s: float
    """Seconds for this command alone, in which it could run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPaths:
    """The paths of a sandbox."""

    work: str = "/work"
    """The program's folder: empty, and writable for it."""
    temporary: str = "/tmp"  # noqa: S108 - in the sandbox
    """Where programs put what they need for a while."""
    guard: str = "/tmp/.daytona-validate"  # noqa: S108 - as above, and made for root alone
    """Our own folder; that it can be made only once is what makes a run happen only once."""
    ours: str = "/opt/daytona-validate"
    """Our files in a snapshot: `runtime`, `environment` and `supervisor.pl`."""
    programs: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    """PATH of what root runs there. The daemon's may name a folder where everybody may write, as
    golang's image has /go/bin: a program could leave a `perl` there for whoever comes next."""


IN_SNAPSHOTS = SandboxPaths()
"""As our snapshots have it."""


def limits_s(commands: Sequence[TimedCommand]) -> float:
    """Return how long a run takes at most while nobody keeps it from running."""
    return sum(command.timeout_s for command in commands) + SPARE_S


def seconds_for(commands: Sequence[TimedCommand]) -> int:
    """Return the whole seconds after which the service may end the run's request."""
    return math.ceil(WALL_FACTOR * sum(command.timeout_s for command in commands)) + SPARE_S
