"""Who is ended for what its tree holds, and that nothing is left of the watcher."""

from __future__ import annotations

import subprocess
import threading

import pytest

from daytona_validate._jails.tree_use import TreeUse
from daytona_validate._jails.tree_watch import MOST_FILES, TreeWatch, WatchedJail, exceeded
from daytona_validate._models import Limit, Limits

_LIMITS = Limits(memory_mib=100)
_OVER = TreeUse(memory_bytes=121 << 20)
_WITHIN = TreeUse(memory_bytes=119 << 20, files=MOST_FILES)


@pytest.mark.parametrize(
    ("use", "limit"),
    [
        (_WITHIN, None),
        (_OVER, Limit.MEMORY),
        (TreeUse(files=MOST_FILES + 1), Limit.DISK),
        (TreeUse(memory_bytes=1 << 40, files=MOST_FILES + 1), Limit.MEMORY),
    ],
)
def test_a_fifth_above_its_limit_is_over_it(use: TreeUse, limit: Limit | None) -> None:
    assert exceeded(use, _LIMITS) is limit


def test_only_who_stays_above_is_ended() -> None:
    jail = WatchedJail(1, -1, _LIMITS, ())
    assert [jail.note(each) for each in (_OVER, _WITHIN, _OVER, _OVER)] == [False] * 3 + [True]


def _watchers() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "daytona-validate-watch"}


@pytest.mark.slow
def test_it_ends_who_holds_too_much_and_nobody_else() -> None:
    """As long as bubblewrap makes a jail, its first process sees the host's folders."""
    watch, others = TreeWatch(), _watchers()
    with (
        subprocess.Popen(["/bin/sleep", "60"]) as greedy,
        subprocess.Popen(["/bin/sleep", "60"]) as modest,
    ):
        with (
            watch.watching(modest.pid, Limits(), ("/",)) as within,  # looked at first
            watch.watching(greedy.pid, Limits(memory_mib=0), ()) as over,
        ):
            (thread,) = _watchers() - others
            greedy.wait()
            assert over is not None
            assert within is not None
            assert (over.limit, within.limit) == (Limit.MEMORY, None)
        assert modest.poll() is None
        modest.kill()
    thread.join(10)
    assert not thread.is_alive()


def test_who_has_died_meanwhile_is_not_watched() -> None:
    with subprocess.Popen(["/bin/true"]) as child:
        child.wait()
        with TreeWatch().watching(child.pid, _LIMITS, ()) as watched:
            assert watched is None
