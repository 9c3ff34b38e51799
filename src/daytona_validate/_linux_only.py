"""The refusal of what needs Linux: sandboxes on this machine, and the emulator, which has them."""

from __future__ import annotations

import platform
import sys

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._reason import Reason

_NAMES = {"darwin": "macOS", "win32": "Windows"}
_WSL = " Or run it in WSL."


def refuse_other_systems() -> None:
    """Refuse to make a sandbox on this machine, unless it is Linux.

    Raises:
        SandboxUnavailable: It is not; the message names the ways that there are.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(refusal_for(sys.platform), reason=Reason.NO_ISOLATION)


def refusal_for(system: str) -> str:
    """Return why there are no local sandboxes on a system, and what to do instead.

    Args:
        system: As `sys.platform` has it.
    """
    name = _NAMES.get(system) or platform.system()  # which on Windows may start a process
    return (
        f"Sandboxes on this machine need Linux, and this is {name}."
        " Use Daytona's: set DAYTONA_API_KEY. Or run daytona-validate in Docker: docker run"
        " --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        " --security-opt systempaths=unconfined, or in a dev container with these three flags"
        f" (.devcontainer in the repository).{_WSL if system == 'win32' else ''}"
        " docs/install.md shows each."
    )
