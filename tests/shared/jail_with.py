"""A jail that has a toolchain, as the local provider would make it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from daytona_validate._jails.jail import Jail
from daytona_validate._models import Limits
from daytona_validate._toolchains.record import Toolchain


def jail_with(toolchain: Toolchain, argv: Sequence[str], **more: Any) -> Jail:
    """Return a jail that runs a command of a toolchain's.

    Args:
        toolchain: Prepared.
        argv: The command.
        more: Other fields of `Jail`; the default limits are those of a snippet.
    """
    fields: dict[str, Any] = {"limits": Limits(), "environment": toolchain.environment} | more
    return Jail(
        argv=tuple(argv),
        binds=toolchain.binds,
        links=toolchain.links,
        overlays=toolchain.overlays,
        **fields,
    )
