"""Whether a program met its time limit, or others kept it from running; decides, and does nothing.

A limit is time in which a program could run. The kernel counts for each thread how long it was
ready and had no processor; but a program's threads wait for each other too, and that is its own
affair. So it is compared what all of the jail wanted and what it got: of N processors it can have
no more than N. A program that sleeps wants nothing.

A program must not be able to stop its clock. Time stands still only as far as others really ran
meanwhile on the processors it may use. Where something is missing in what was counted, or the
program has put itself behind others, nothing is sure: then it is run once more, alone, and there
its limit is the clock's.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 4
"""Times its limit: the most wall time that a command gets."""
SHARE = 0.01
"""Of its limit: less is not worth another look."""
END_SHARE = 0.25
"""Of its limit: for so long is waited, again and again, until the end of one is noticed."""
NOISE = 0.05
"""Of its limit: as much may others have run without the program being slower for it."""
LOST_SHARE = 0.1
"""Of what a jail ran: so much may tasks have run that have ended, and are not asked any more."""
LOST_S = 0.05
"""The same in seconds: the jail's own first steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What is known of the time since a command was started."""

    passed_s: float
    """Wall seconds."""
    ran_s: float
    """CPU seconds of the jail."""
    delayed_s: float
    """Seconds that its tasks were ready and without a processor, added up."""
    others_ran_s: float
    """CPU seconds of all others, on the processors that the jail may use."""
    processors: int
    """How many those are."""
    is_whole: bool
    """Whether nothing that matters is missing in what its tasks ran and waited."""
    is_humble: bool
    """Whether it has put itself behind others: then it waits because it wants to."""
    has_ended: bool = False
    """Whether nothing that the command has started is alive: only its end is not yet noticed, as
    the jail's first process is kept from running too."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to become of a command whose time seems to be up."""

    waited_s: float
    """For how long its clock has stood still."""
    more_s: float = 0.0
    """Wall seconds until the next look; 0: it is to be ended."""
    is_judged: bool = True
    """Whether it then has met its limit. If not, others may have kept it from running."""


def whole_in_group(*, group_ran_s: float, tasks_ran_s: float) -> bool:
    """Return whether living tasks ran nearly all of what a control group counted."""
    return group_ran_s - tasks_ran_s <= max(LOST_SHARE * group_ran_s, LOST_S)


def whole_by_numbers(numbers: tuple[int, ...]) -> bool:
    """Return whether tasks were numbered one after the other: then none of them has ended."""
    return bool(numbers) and max(numbers) - min(numbers) + 1 == len(numbers)


def waited_s(seen: Meanwhile) -> float:
    """Return for how long others kept a jail from running: min(w, d) * (1 - ran / w).

    w is what it wanted: what its tasks ran and waited together, in N processors at most N * d; d
    is what has passed. It is never more than others ran. Examples, for d = 10 s on two processors:

    * one thread that ran for 4 s and waited for 6: 10 * (1 - 4 / 10) = 6 s;
    * seventeen that ran for 20 s together and waited for 150: 20 * (1 - 20 / 20) = 0;
    * one that slept, ran for 0.1 s and waited for 1: 1.1 * (1 - 0.1 / 1.1) = 1 s.
    """
    wanted_s = seen.ran_s + seen.delayed_s
    possible_s = min(wanted_s, seen.processors * seen.passed_s)
    if possible_s <= seen.ran_s:
        return 0.0
    kept_s = min(wanted_s, seen.passed_s) * (1 - seen.ran_s / possible_s)
    return max(0.0, min(kept_s, seen.others_ran_s))


def ruling(seen: Meanwhile, *, limit_s: float, is_last: bool) -> Ruling:
    """Return what is to become of a command.

    Args:
        seen: What is known when a first `limit_s`, or what was added, has passed.
        limit_s: Its limit.
        is_last: Whether it is not run again: then it has met its limit unless it surely waited.
    """
    is_sure = seen.is_whole and not seen.is_humble
    surely_s = waited_s(seen) if is_sure else 0.0
    left_s = END_SHARE * limit_s if seen.has_ended else limit_s - (seen.passed_s - surely_s)
    if left_s > SHARE * limit_s:
        more_s = min(left_s, LONGEST * limit_s - seen.passed_s)
        return Ruling(surely_s, max(0.0, more_s), is_judged=False)
    if is_last or is_sure:
        return Ruling(surely_s)
    perhaps_s = waited_s(seen) if seen.is_whole else min(seen.passed_s, seen.others_ran_s)
    return Ruling(surely_s, is_judged=perhaps_s <= NOISE * limit_s)
