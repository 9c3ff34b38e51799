"""What a snippet with earlier code asks of a sandbox, and which cannot be taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate._core.intake import Job
from daytona_validate._core.judge import judge
from daytona_validate._core.languages.language import Command
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.languages.sql import SQL
from daytona_validate._core.session_end import session_seal, with_session_secret
from daytona_validate._core.sessions import MOST_EARLIER, session_limits
from daytona_validate._core.source_text import work_files
from daytona_validate._core.tests_account import seal
from daytona_validate._models import Execution, Limits, Outcome, Snippet, Stage, Step
from growth import assert_linear

from .intakes import refused

_LANGUAGE = replace(PYTHON, session_steps=(Command(Stage.RUN, ("driver",)),))
_SNIPPET = Snippet(code="print(x)", language="python", earlier=("x = 1", "y = z", "w = 1"))


def test_earlier_codes_stand_beside_the_snippet_as_files() -> None:
    assert work_files(_SNIPPET, _LANGUAGE) == {
        ".earlier-0001.py": b"x = 1",
        ".earlier-0002.py": b"y = z",
        ".earlier-0003.py": b"w = 1",
        "main.py": b"print(x)",
    }
    assert set(work_files(replace(_SNIPPET, check_only=True), _LANGUAGE)) == {"main.py"}


def test_a_session_has_its_driver_the_seal_and_twice_the_time() -> None:
    job = Job(_SNIPPET, _LANGUAGE, Limits())
    assert job.spec().limits == session_limits(Limits())
    assert job.spec().limits.timeout_s == 60
    assert Job(replace(_SNIPPET, earlier=()), _LANGUAGE, Limits()).spec().limits == Limits()
    command = Command(Stage.RUN, ("env", "SESSION_SEAL={seal}", "driver"))
    language = replace(_LANGUAGE, session_steps=(command,))
    (sealed,) = language.commands(_SNIPPET, until=Stage.RUN)
    assert sealed.argv == ("env", f"SESSION_SEAL={seal(_SNIPPET)}", "driver")
    assert language.commands(_SNIPPET, until=Stage.CHECK) == language.check
    assert language.commands(replace(_SNIPPET, earlier=()), until=Stage.RUN) == language.steps


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"language": "go"}, "Go has no sessions: nothing can run before the code"),
        ({"earlier": ("x",) * (MOST_EARLIER + 1)}, "1001 codes are to run before it: at most 1000"),
        ({"earlier": ("", "a\0b")}, "earlier code 2 has a NUL character"),
        ({"earlier": ("\ud800",)}, "earlier code 1 has a NUL character or half of a surrogate"),
        ({"earlier": ("x" * (16 * 1024 * 1024 + 1),)}, "earlier code and files have 16777217"),
        ({"files": {".earlier-0001.py": ""}}, "the file name '.earlier-0001.py' is kept"),
    ],
)
def test_what_cannot_be_a_session_is_refused(values: dict[str, Any], words: str) -> None:
    refusal = refused(replace(_SNIPPET, **values))
    assert refusal.outcome is Outcome.INVALID_SNIPPET
    assert words in refusal.details


_MARK = f"session {seal(_SNIPPET)} "


@pytest.mark.slow
@pytest.mark.parametrize("start", ["", f'{_MARK}{{"session": 1}}\n'])
@pytest.mark.parametrize(
    "piece",
    [_MARK, f"{_MARK}{{", f'{_MARK}{{"code": 1}}\n', f"{_MARK}{{}}\n", "\n", "{", "session "],
)
def test_reports_are_read_in_linear_time(start: str, piece: str) -> None:
    def read(text: str) -> None:
        step = Step(stage=Stage.RUN, exit_code=1, stdout=text.encode(), stderr=text.encode())
        judge(Execution(steps=(step,), runtime="r"), Job(_SNIPPET, _LANGUAGE, Limits()))

    assert_linear(read, piece, start=start)


@pytest.mark.parametrize(
    ("seal_of", "is_told", "exit_code", "outcome"),
    [
        ("run", True, 0, Outcome.PASSED),
        ("run", False, 0, Outcome.UNAVAILABLE),
        ("run", False, 3, Outcome.RUNTIME_ERROR),
        ("code", True, 0, Outcome.UNAVAILABLE),
        ("code", False, 3, Outcome.UNAVAILABLE),
    ],
)
def test_a_script_is_judged_by_the_secrets_of_its_run(
    seal_of: str, *, is_told: bool, exit_code: int, outcome: Outcome
) -> None:
    """What can be computed from its code shows nothing; its own name stands in its errors."""
    snippet = with_session_secret(Snippet(code="select x", language="sql", earlier=("",)), "s")
    shown = seal(snippet) if seal_of == "code" else session_seal(snippet)
    said = f'session {shown} {{"session": 1}}\nsession {shown} {{"begins": true}}\n'
    error = 'psql:/proc/self/fd/3:1: ERROR:  column "x" does not exist\n' if exit_code else ""
    secret = snippet.files[".session-end"]
    assert isinstance(secret, str)
    end = f"ended {secret}\n" if is_told else ""
    stderr = f"{said}{error}{end}".encode()
    step = Step(stage=Stage.RUN, exit_code=exit_code, stdout=b"", stderr=stderr)
    verdict, own = judge(Execution(steps=(step,), runtime="r"), Job(snippet, SQL, Limits()))
    assert verdict.outcome is outcome
    if seal_of == "run":
        assert own.steps[-1].stderr == error.replace("/proc/self/fd/3", "query.sql").encode()
        assert verdict.error_line == (1 if error else None)
