"""Jails with a root of their own, and other users below it, as a container has them.

Inside, 0 is whom every jail runs as outside: never the host's root. 1 and up are ids of the host
that nobody has.
"""

from __future__ import annotations

from dataclasses import dataclass

COUNT = 65_535
"""Ids beside root's: as many as a container has that knows `nobody`."""
CAPABILITIES = (
    *("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_SETGID", "CAP_SETUID"),
    *("CAP_NET_ADMIN", "CAP_SYS_ADMIN"),
)
"""What such a root may do, to what belongs to its namespaces. The last two: make a network
namespace and raise its loopback. The filter of system calls refuses what else they are for."""
CAPABILITY_BITS = "00000000002010eb"


@dataclass(frozen=True, slots=True)
class OwnIds:
    """User namespace mapping: the users and groups of a jail that has its own."""

    first: int
    """Host id of the jail's id 1."""
    count: int = COUNT

    def map_for(self, root: int) -> str:
        """Return the text of a namespace's map.

        Args:
            root: Whom the jail runs as.
        """
        return f"0 {root} 1\n1 {self.first} {self.count}\n"

    def outside(self, number: int) -> int:
        """Return what an id of the jail's, but root's, is on the host."""
        return self.first + number - 1
