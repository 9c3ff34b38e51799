"""The server of the benchmarks: clients take its answers for Daytona's, and its counts are true."""

from __future__ import annotations

import json

import pytest

from daytona_validate import Limits, Snippet, Stage, Validator
from daytona_validate._bench.processes import NotMeasured, measured, process, scripted_daytona
from daytona_validate._bench.scripted_daytona import OUTPUT, ScriptedDaytona, supervisors_answer
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.wire import parse
from plain_settings import plain_settings

NONCE = "0123456789abcdef"


def test_its_answer_to_a_run_is_one_of_the_supervisors() -> None:
    answer = read_answer(supervisors_answer(NONCE), nonce=NONCE, limits=Limits())
    (step,) = answer.execution.steps
    assert (step.stage, step.exit_code, step.stdout) == (Stage.RUN, 0, OUTPUT.encode())


def test_what_is_made_is_found_by_id_and_by_name_until_it_is_deleted() -> None:
    server = ScriptedDaytona("http://127.0.0.1:1")
    status, body = server.answer("POST /api/sandbox", b'{"name": "mine"}')
    made = parse.sandbox(json.loads(body))
    assert (status, made.name, made.state) == (200, "mine", "started")
    assert made.toolbox_url == "http://127.0.0.1:1/toolbox"
    for which in (made.id, "mine"):
        status, body = server.answer(f"GET /api/sandbox/{which}", b"")
        assert (status, parse.sandbox(json.loads(body)).id) == (200, made.id)
    assert server.answer("DELETE /api/sandbox/mine", b"")[0] == 200
    assert server.answer(f"DELETE /api/sandbox/{made.id}", b"")[0] == 404
    counts = server.counts
    assert (counts.create, counts.get, counts.delete) == (1, 2, 2)
    assert (counts.alive, counts.most_alive, counts.requests) == (0, 1, 5)


def test_what_it_does_not_know_is_counted() -> None:
    server = ScriptedDaytona("http://127.0.0.1:1")
    assert server.answer("GET /api/socket.io/", b"")[0] == 404
    assert server.answer("GET /elsewhere", b"")[0] == 404
    assert (server.counts.events, server.counts.unknown, server.counts.requests) == (1, 1, 1)


@pytest.mark.slow
async def test_our_client_validates_there() -> None:
    async with scripted_daytona(0) as port:
        settings = plain_settings(api_key="key", base_url=f"http://127.0.0.1:{port}/api")
        snippet = Snippet(code="print(6 * 7)", language="python", expected_output=OUTPUT)
        async with Validator(settings, provider="daytona") as validator:
            results = await validator.validate_many([snippet] * 3)
    assert [result.outcome for result in results] == ["passed"] * 3


@pytest.mark.slow
async def test_it_ends_when_nobody_holds_its_stdin() -> None:
    async with process("scripted_daytona", "0") as child:
        assert child.stdin is not None
        child.stdin.close()
        assert await child.wait() == 0


@pytest.mark.slow
async def test_a_measurement_that_fails_has_its_last_words() -> None:
    with pytest.raises(NotMeasured, match=r"client_sides ended with 2: .*invalid choice"):
        await measured("client_sides", "no-such-side", "--port=1", "--in-flight=1", "--count=1")


@pytest.mark.slow
async def test_a_measurement_that_takes_too_long_is_ended() -> None:
    with pytest.raises(NotMeasured, match="not done after 0 s"):
        await measured("scripted_daytona", "0", longest_s=0)
