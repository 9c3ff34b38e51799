"""Where the kernel's system calls end, and the ones that a libseccomp may not know by name.

From number 424 on a call has the same number on every architecture. A filter that denies by name
leaves open what its library has no name for: this libseccomp's age must not decide that.
"""

from __future__ import annotations

import errno
import struct

HIGHEST = 469
"""`file_setattr`, the last call of Linux 6.17, and so of what the lists of this filter were made
from. A call with a higher number is one that nobody has looked at: the kernel is to seem older."""

LATER = {
    "set_mempolicy_home_node": 450,
    "statmount": 457,
    "listmount": 458,
    "lsm_get_self_attr": 459,
    "lsm_set_self_attr": 460,
    "lsm_list_modules": 461,
    "open_tree_attr": 467,
}
"""Calls that are denied and that libseccomp 2.5 has no name for."""

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""As the kernel tells a filter of a call's (`AUDIT_ARCH_…`)."""

_X32 = 0x4000_0000
"""Bit of the numbers of x32, which end the program; no other architecture has any so high."""
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_LOAD, _IF_EQUAL, _IF_ABOVE, _IF_AT_LEAST, _ANSWER = 0x20, 0x15, 0x25, 0x35, 0x06
_ERRNO = 0x0005_0000


def absent_above_highest(machine: str) -> bytes:
    """Return instructions to stand before a filter: unknown calls answer with ENOSYS.

    Args:
        machine: As `platform.machine()` has it; on one that is not in `ARCHITECTURES` there are
            no instructions, and unknown calls are open.
    """
    architecture = ARCHITECTURES.get(machine)
    if architecture is None:
        return b""
    program = (
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 0, 4, architecture),  # another one's calls are the filter's own affair
        (_LOAD, 0, 0, _NUMBER_AT),
        (_IF_AT_LEAST, 2, 0, _X32),
        (_IF_ABOVE, 0, 1, HIGHEST),
        (_ANSWER, 0, 0, _ERRNO | errno.ENOSYS),
    )
    return b"".join(struct.pack("=HBBI", *each) for each in program)
