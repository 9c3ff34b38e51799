"""What stands before the filter of system calls, run as the kernel would, for each architecture."""

from __future__ import annotations

import errno
import struct

from daytona_validate._jails.call_numbers import ARCHITECTURES, HIGHEST, absent_above_highest
from for_each import for_each

_ABSENT = 0x0005_0000 | errno.ENOSYS
_ON = "on to the filter"


def _answer(machine: str, *, number: int, architecture: int) -> int | str:
    """Run the instructions: all that they use of the kernel's are loads, jumps and answers."""
    program = list(struct.iter_unpack("=HBBI", absent_above_highest(machine)))
    call = {0: number & 0xFFFF_FFFF, 4: architecture}
    at = loaded = 0
    while at < len(program):
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            loaded = call[operand]
            continue
        holds = {0x15: loaded == operand, 0x25: loaded > operand, 0x35: loaded >= operand}[code]
        at += if_true if holds else if_false
    return _ON if at == len(program) else "beyond it"


@for_each("machine", ARCHITECTURES)
@for_each(
    ("number", "answer"),
    [
        (0, _ON),
        (HIGHEST, _ON),
        (HIGHEST + 1, _ABSENT),
        (0x3FFF_FFFF, _ABSENT),
        (0x4000_0000 + 39, _ON),  # x32, which the filter itself ends
        (-1, _ON),  # a call that a tracer took away
    ],
)
def test_calls_above_the_highest_are_absent(machine: str, number: int, answer: int | str) -> None:
    assert _answer(machine, number=number, architecture=ARCHITECTURES[machine]) == answer


def test_calls_of_another_architecture_are_left_to_the_filter() -> None:
    assert _answer("x86_64", number=5000, architecture=0x4000_0003) == _ON


def test_an_architecture_that_nobody_has_looked_at_has_no_highest() -> None:
    assert absent_above_highest("riscv64") == b""
