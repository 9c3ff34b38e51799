"""What `check` does about the result cache before its first use: is there any, and who is told.

With answers at hand no sandbox may be needed at all, so whether this host isolates is proven only
once one was needed and could not be had. Without any it is proven at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from anyio import to_thread

from daytona_validate._cli.chosen_provider import ChosenProvider
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._settings import Settings


class Proof:
    """Proof that sandboxes can be had, put off while results of former runs may be all it takes.

    Args:
        prove: Raises `SandboxUnavailable` where no snippet at all can be run.
    """

    def __init__(self, prove: Callable[[], Awaitable[None]]) -> None:
        self._prove = prove
        self._is_due = True

    async def give(self) -> None:
        """Prove it, if that was not done yet.

        Raises:
            SandboxUnavailable: No snippet at all can be run; the message says what to change.
        """
        if self._is_due:
            self._is_due = False
            await self._prove()

    async def heed(self, result: CodeValidationResult) -> None:
        """Prove it where a result has no verdict; raises as `give`."""
        if result.outcome is Outcome.UNAVAILABLE:
            await self.give()


async def may_be_answered(
    chosen: ChosenProvider, settings: Settings, screen: Screen | None
) -> bool:
    """Return whether a result of a former run may be there.

    Args:
        chosen: Who would run what is not known.
        settings: With the use of the cache that counts.
        screen: Told why nothing can be kept; None: nobody is.
    """
    if settings.cache == "off":
        return False
    try:
        from daytona_validate._result_cache.answer_file import AnswerFile
    except ModuleNotFoundError as error:  # a Python that was built without SQLite
        _tell(screen, str(error))
        return False
    file = AnswerFile(settings.cache_dir)
    problem = await to_thread.run_sync(file.problem)
    if problem is not None:
        _tell(screen, problem)
    return chosen.is_local and problem is None and await to_thread.run_sync(file.exists)


def _tell(screen: Screen | None, problem: str) -> None:
    if screen is not None:
        screen.note(f"no result cache: {problem}")
