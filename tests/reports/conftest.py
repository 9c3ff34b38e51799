"""Results to report on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.results import RunContext, judged, unavailable
from daytona_validate._core.summary import Summary, Tally
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._models import (
    CodeValidationResult,
    Execution,
    Limits,
    Location,
    Snippet,
    Stage,
    Step,
    Usage,
)

EVIL = '\x1b]0;owned\x07\x9b31m\u202e\udcff\ud800\ufffe\x00<&>]]>"'
TRACEBACK = 'Traceback (most recent call last):\n  File "/work/main.py", line 3, in f\n'


class Results:
    """Makes results as the pipeline does, through a verdict."""

    def __init__(self) -> None:
        self.count = 0

    def make(
        self,
        exit_code: int = 0,
        *,
        stdout: str = "",
        stderr: str = "",
        path: str | None = "lesson.md",
        line: int = 12,
        expected: str | None = None,
        code: str = "x",
        **values: str,
    ) -> CodeValidationResult:
        snippet = Snippet(
            code=code,
            language="python",
            expected_output=expected,
            location=None if path is None else Location(path, line),
            **values,  # type: ignore[arg-type]  # texts only: skill, snippet_id
        )
        step = Step(
            stage=Stage.RUN,
            exit_code=exit_code,
            stdout=stdout.encode(errors="surrogatepass"),
            stderr=stderr.encode(errors="surrogatepass"),
            usage=Usage(wall_s=0.25),
        )
        execution = Execution(steps=(step,), runtime="Python 3.11.7")
        verdict = classify(execution, Job(snippet, LANGUAGES["python"], Limits()))
        return judged(verdict, execution, self._context(snippet))

    def failed(self, message: str = "KeyError: 1", **values: object) -> CodeValidationResult:
        return self.make(1, stderr=f"{TRACEBACK}{message}\n", **values)  # type: ignore[arg-type]  # as given

    def unavailable(self, reason: str = "gone", path: str = "lesson.md") -> CodeValidationResult:
        snippet = Snippet(code="x", language="javascript", location=Location(path, 40))
        return unavailable(SandboxUnavailable(reason), self._context(snippet))

    def fragment(self) -> CodeValidationResult:
        stderr = '  File "/work/main.py", line 1\n    %x\n    ^\nSyntaxError: invalid syntax\n'
        return self.make(1, code="%x", stderr=stderr)

    def _context(self, snippet: Snippet) -> RunContext:
        self.count += 1
        return RunContext(
            snippet=snippet, language=snippet.language, provider="fake", index=self.count - 1
        )

    @staticmethod
    def summary(results: Sequence[CodeValidationResult], elapsed_s: float = 2.0) -> Summary:
        tally = Tally()
        for result in results:
            tally.add(result)
        return tally.summary(elapsed_s)


@pytest.fixture
def results() -> Results:
    return Results()


@pytest.fixture
def evil() -> str:
    """Text that steers terminals, breaks encoders, JSON and XML."""
    return EVIL
