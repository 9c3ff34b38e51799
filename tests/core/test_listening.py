"""A server that is ended once it listens has passed, and its result says where it listens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.tests_account import seal
from daytona_validate._models import Execution, Limit, Limits, Outcome, Snippet, Stage, Step

SERVER = Snippet(code="serve()", language="python", until_listening=True)
LINE = f"listening {seal(SERVER)} 8000\n"


def _verdict(
    snippet: Snippet, stderr: str, *, exit_code: int | None = 0, limit: Limit | None = None
) -> Verdict:
    step = Step(stage=Stage.RUN, exit_code=exit_code, stderr=stderr.encode(), limit=limit)
    execution = Execution(steps=(step,), runtime="r")
    return classify(execution, Job(snippet, LANGUAGES[snippet.language], Limits()))


def test_server_that_was_ended_says_its_port_and_nothing_of_ours() -> None:
    verdict = _verdict(SERVER, f"its own\n{LINE}")
    assert verdict.outcome is Outcome.PASSED
    assert verdict.details.endswith(" seconds; it listens on port 8000")
    assert verdict.error == "its own\n"


def test_program_that_ends_by_itself_says_no_port() -> None:
    verdict = _verdict(SERVER, "")
    assert verdict.details.endswith(" seconds")


@pytest.mark.parametrize(
    ("snippet", "is_told"),
    [
        (Snippet(code="app.listen(3000)", language="javascript"), True),
        (Snippet(code="server.serve_forever()", language="python"), True),
        (Snippet(code="server.serve_forever()", language="python", until_listening=True), False),
        (Snippet(code='http.ListenAndServe(":80", nil)', language="go"), False),
        (Snippet(code="for (;;) ;", language="javascript"), False),
    ],
    ids=["node", "python", "asked_for", "go", "loop"],
)
def test_server_whose_time_is_up_names_the_option(snippet: Snippet, is_told: bool) -> None:
    step = Step(stage=Stage.RUN, exit_code=None, limit=Limit.TIMEOUT)
    job = Job(snippet, LANGUAGES[snippet.language], Limits())
    verdict = classify(Execution(steps=(step,), runtime="r"), job)
    assert verdict.outcome is Outcome.TIMEOUT
    assert verdict.details.endswith("--until-listening ends a server once it listens") is is_told


@pytest.mark.parametrize(
    ("stderr", "limit", "outcome"),
    [
        (LINE, Limit.TIMEOUT, Outcome.PASSED),
        (LINE, Limit.MEMORY, Outcome.MEMORY_LIMIT),
        (LINE + LINE.replace("8000", "0"), Limit.TIMEOUT, Outcome.TIMEOUT),
        ("", Limit.TIMEOUT, Outcome.TIMEOUT),
    ],
    ids=["serves", "takes_memory", "listens_no_more", "never_listened"],
)
def test_server_that_does_more_has_passed_only_when_its_time_is_up(
    stderr: str, limit: Limit, outcome: Outcome
) -> None:
    verdict = _verdict(SERVER, stderr, exit_code=None, limit=limit)
    assert verdict.outcome is outcome
    assert verdict.details.endswith("it listens on port 8000") is (outcome is Outcome.PASSED)
    assert verdict.error is None


def test_program_that_fails_has_failed_whatever_it_listens_on() -> None:
    verdict = _verdict(SERVER, LINE + "no\n", exit_code=1)
    assert verdict.outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("snippet", "stderr"),
    [
        (replace(SERVER, until_listening=False), LINE),
        (SERVER, "listening 0123 8000\n"),
        (SERVER, f"listening {seal(SERVER)} 8000 or so\n"),
    ],
    ids=["not_asked_for", "other_seal", "other_words"],
)
def test_what_a_program_prints_itself_is_its_own(snippet: Snippet, stderr: str) -> None:
    verdict = _verdict(snippet, stderr)
    assert verdict.error == stderr
    assert "listens" not in verdict.details


@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
def test_only_servers_asked_for_are_ended(language: str) -> None:
    record, server = LANGUAGES[language], replace(SERVER, language=language)
    variable = f"UNTIL_LISTENING={seal(server)}"
    assert variable in record.commands(server, until=Stage.RUN)[-1].argv
    alone = replace(server, until_listening=False)
    assert variable not in record.commands(alone, until=Stage.RUN)[-1].argv


def test_servers_of_earlier_python_code_do_not_end_the_snippet() -> None:
    after_others = replace(SERVER, earlier=("serve()",))
    argv = LANGUAGES["python"].commands(after_others, until=Stage.RUN)[-1].argv
    assert not any("UNTIL_LISTENING" in each for each in argv)
