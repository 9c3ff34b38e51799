"""Whether emulated machines here can have a root and other users, as Daytona's sandboxes have."""

from __future__ import annotations

import logging
from collections.abc import Callable

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.id_maps import ids_here
from daytona_validate._jails.own_ids import OwnIds
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.self_test import TIMEOUT_S, faults, self_test_jail
from daytona_validate._runtime.worker_thread import in_thread

SNIPPET_ID = 64_100
"""Whom the images of this package run programs as."""
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/sh\n"
    f"snippet:x:{SNIPPET_ID}:{SNIPPET_ID}::/work:/bin/sh\n",
    "group": f"root:x:0:\nnogroup:x:65534:\nsnippet:x:{SNIPPET_ID}:\n",
}
"""Name to content of the files in /etc of machines with users."""

_logger = logging.getLogger("daytona_validate")


async def proven_ids(
    runner: JailRunner,
    *,
    find: Callable[[], OwnIds | None] = ids_here,
    judge: Callable[..., list[str]] = faults,
) -> OwnIds | None:
    """Return ids for all machines, once a jail with them has shown that it is as tight as others.

    Args:
        runner: Starts the jail.
        find: Returns the ids that this caller may give.
        judge: Returns what the jail's report shows to be wrong.

    Returns:
        None where this caller has none to give, or the host refuses them: machines then have one
        user.
    """
    ids = await in_thread(lambda _: find())
    if ids is None:
        return None
    try:
        tested = await runner.run(self_test_jail(ids), timeout_s=TIMEOUT_S)
    except SandboxUnavailable as error:
        _logger.info("Emulated machines have one user: %s", error)
        return None
    wrong = judge(tested.stdout.decode("utf-8", "replace"), ids=ids)
    if wrong:
        _logger.warning("Emulated machines have one user: with more, %s.", "; ".join(wrong))
        return None
    return ids
