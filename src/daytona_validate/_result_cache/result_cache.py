"""The result cache of a validator: asks the file before a run, and keeps its result afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from daytona_validate._core.answer_key import answer_key
from daytona_validate._core.intake import Job, intake
from daytona_validate._core.kept_answers import answer_to
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import CodeValidationResult, Outcome, Snippet
from daytona_validate._pipeline_config import PipelineConfig
from daytona_validate._providers.protocol import IdentifiedProvider, SandboxProvider
from daytona_validate._result_cache.answer_file import AnswerFile
from daytona_validate._result_cache.answer_text import answer_of, answer_text
from daytona_validate._result_cache.own_code import own_code
from daytona_validate._runtime.log_once import LogOnce

_logger = logging.getLogger("daytona_validate")
T = TypeVar("T")


class ResultCache:
    """Memoization of results, across processes.

    Args:
        provider: Who would run a snippet; only one that has an identity has its results kept.
        config: The settings that snippets run under.
        file: Where results are kept; closed together with this.
        only_passed: Whether failures are always run again.
    """

    def __init__(
        self,
        provider: SandboxProvider,
        config: PipelineConfig,
        file: AnswerFile,
        *,
        only_passed: bool = False,
    ) -> None:
        self._identified = provider if isinstance(provider, IdentifiedProvider) else None
        self._config = config
        self._file = file
        self._only_passed = only_passed
        self._code: str | None = None
        self._log = LogOnce(_logger)
        # A thread of its own, as the file may be slow, and belongs to one.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="daytona-validate-results")

    async def result(
        self, snippet: Snippet, *, index: int, run: Callable[[], Awaitable[CodeValidationResult]]
    ) -> CodeValidationResult:
        """Return the kept result of a snippet, or run it and keep what may be kept.

        Args:
            snippet: What to validate.
            index: Its position in its source.
            run: Returns its result, if it is not known.

        Raises:
            Exception: What `run` raises, unchanged, and nothing else.
        """
        job = self._job(snippet)
        if job is None:
            return await run()
        before = await self._environment(job)
        kept = None if before is None else await self._in_thread(self._known, job, before)
        if kept is not None:
            return answer_to(snippet, kept, index=index)
        result = await run()
        # What was not prepared before is now; where something has changed, who knows what ran.
        after = await self._environment(job)
        if after is not None and before in (None, after):
            await self._in_thread(self._keep, job, after, result)
        return result

    async def aclose(self) -> None:
        """Finish what is begun, and close the file; safe to call twice."""
        try:
            await self._in_thread(self._file.close)
        finally:
            self._thread.shutdown(wait=False)

    def _job(self, snippet: Snippet) -> Job | None:
        """Return what would be run; None: nothing is, and the pipeline says why."""
        job = intake(
            snippet,
            limits=self._config.limits(),
            timeouts_s=self._config.timeouts,
            packages=self._config.packages,
            max_code_bytes=self._config.max_code_bytes,
        )
        return job if isinstance(job, Job) else None

    async def _environment(self, job: Job) -> str | None:
        """Return what stands for all that would run and judge a snippet; None: it is not known."""
        if self._identified is None:
            return None
        try:
            if self._code is None:
                self._code = await self._in_thread(own_code)
            identity = await self._identified.identity(job.spec())
        except (SandboxUnavailable, OSError):
            return None
        except Exception as bug:  # noqa: BLE001 - of a caller's provider: it ends no run
            self._log.warn(
                "The result cache is not used: the provider's identity fails.", error=bug
            )
            return None
        if self._code is None or identity is None:
            return None
        return f"{self._code}\n{self._identified.name}\n{identity}"

    def _known(self, job: Job, environment: str) -> CodeValidationResult | None:
        text = self._file.read(answer_key(job, environment=environment))
        kept = None if text is None else answer_of(text)
        is_wanted = kept is not None and (not self._only_passed or kept.outcome is Outcome.PASSED)
        return kept if is_wanted else None

    def _keep(self, job: Job, environment: str, result: CodeValidationResult) -> None:
        text = answer_text(result)
        if text is not None:
            self._file.write(answer_key(job, environment=environment), text)

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T | None:
        """Return what the work returns; None: it is closed, and nothing is done any more."""
        try:
            begun = asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        except RuntimeError:
            return None
        return await begun
