"""What a sandbox says of its further use, at the end of a run and before one.

A sandbox may be used by up to `MOST_USES` snippets, one after the other. The supervisor makes each
use begin as the first one did, or refuses it; it errs towards refusing, which costs a sandbox and
never a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from daytona_validate._errors import SandboxUsedUp
from daytona_validate._models import Execution

MOST_USES: Final = 50
"""Of one sandbox: each has a user id of its own, and the supervisor knows so many."""
MAY_BE_USED_AGAIN: Final = "yes"
SPENT: Final = {
    "unprivileged": "its supervisor is not root, so that what was run is not kept apart",
    "network": "its programs have no network of their own there",
    "ids": "it has no ids for further users",
    "uses": "it was used as often as one may be",
    "path": "its daemon looks for programs or settings in a folder where a snippet may write",
    "limit": "a limit was met",
    "memory": "the kernel ended a process for want of memory",
    "signal": "a signal ended a command",
    "processes": "the program left processes running",
    "disk": "its disk was full",
}
"""Why a sandbox is not to be used again, by the word that a run's end has for it."""
NEVER_AGAIN: Final = frozenset(SPENT[word] for word in ("unprivileged", "network", "ids", "path"))
"""Those that hold for each sandbox of a snapshot, whatever runs in it."""
_REFUSED: Final = {
    "order": "its last use did not end well, or has not ended",
    "guard": "it was not used before, or its disk is full",
    "processes": "processes of an earlier use could not be ended",
    "queues": "its memory and queues between processes could not be made anew",
    "files": "files of an earlier use could not be removed",
    "owned": "its snapshot has files of the programs' user, of which nobody has a copy",
    "open": "everybody may change a file there, or what others have in a folder",
    "links": "a file of root's has another name in a folder for everybody",
    "slow": "looking at all its files takes too long",
    "account": "the user of programs could not be given the next id",
    "belongings": "what programs own in its snapshot could not be brought back",
    "disk": "its disk has too little room",
}


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """What a run did, and what it leaves its sandbox fit for."""

    execution: Execution
    why_not: str = ""
    """Why the sandbox is not to be used again, in words that go on after "because"; empty: it may
    be."""

    @property
    def may_be_used_again(self) -> bool:
        """Whether another snippet may be run in the sandbox."""
        return not self.why_not


class ReuseRefused(SandboxUsedUp):
    """A sandbox that was used before cannot be made as it was: nothing was run, a fresh one may."""

    def __init__(self, word: str) -> None:
        why = _REFUSED.get(word) or SPENT.get(word) or "it could not be made ready"
        super().__init__(f"The sandbox was not used once more: {why}.", retryable=True)
