"""The request for a sandbox. Pure.

It has no `env`, `user`, `volumes` or `secrets`: with any of them the service cannot hand out a
sandbox that it keeps warm.
"""

from __future__ import annotations

import math
from typing import Any

APP = "daytona-validate"
"""Value of the label `app`, by which `sweep` knows what is ours."""
SANDBOX_PREFIX = "daytona-validate-"

AUTO_STOP_MINUTES = 3
"""The service looks at a sandbox's last activity about once a minute: 1 would leave no margin."""
_SPARE_S = 120.0
"""Beyond the clocks: deleting, and the service's own rounding of minutes."""

NETWORK_BLOCKED = "blocked"


def creation_body(
    *,
    name: str,
    snapshot: str,
    labels: dict[str, str],
    longest_s: float,
    network: str,
    target: str | None,
) -> dict[str, Any]:
    """Return the JSON of `POST /sandbox`.

    Args:
        name: A name of ours, never used before: whatever becomes of the answer, the sandbox can
            be found and deleted by it.
        snapshot: The snapshot's name.
        labels: See `labels`.
        longest_s: Seconds that our own clocks leave the sandbox at most. The service ends it by
            itself at the latest two to three minutes after them: 60 s give `ttlMinutes` 3.
        network: `blocked`, or `organization` to leave it to what the organization has set.
        target: The region; None: the organization's default.
    """
    body: dict[str, Any] = {
        "name": name,
        "snapshot": snapshot,
        "labels": labels,
        "autoStopInterval": AUTO_STOP_MINUTES,
        "autoDeleteInterval": 0,  # deleted as soon as it is stopped
        "ttlMinutes": math.ceil((longest_s + _SPARE_S) / 60),
    }
    if network == NETWORK_BLOCKED:
        body["networkBlockAll"] = True
    if target is not None:
        body["target"] = target
    return body


def labels(*, run: str, host: str, created_s: float) -> dict[str, str]:
    """Return the labels of a sandbox: whose it is, and since when, in seconds since the epoch."""
    return {"app": APP, "run": run, "host": host, "created": str(int(created_s))}
