"""Be scheduled before every other program of the host (SCHED_FIFO), or raise its own priority.

Happens: EPERM, also where the caller may (RTPRIO and NICE are 0).
Answer: PermissionError PermissionError (0, 0) (0, 0)
"""

import os
import resource
from collections.abc import Callable


def tried(change: Callable[..., None], *arguments: object) -> str:
    try:
        change(*arguments)
    except OSError as error:
        return type(error).__name__
    return "done"


print(
    tried(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(1)),
    tried(os.setpriority, os.PRIO_PROCESS, 0, -1),
    resource.getrlimit(resource.RLIMIT_RTPRIO),
    resource.getrlimit(resource.RLIMIT_NICE),
)
