"""Verdicts are held to the right outcome, and each way to the first."""

from __future__ import annotations

import pytest

from daytona_validate import Snippet, Validator
from daytona_validate._bench.mixed_programs import mixed_programs
from daytona_validate._bench.provider_throughput import COLUMNS as RATES
from daytona_validate._bench.provider_throughput import provider_throughput
from daytona_validate._bench.record import failures
from daytona_validate._bench.verdict_agreement import COLUMNS, verdict_agreement
from daytona_validate._models import Limit, Outcome
from daytona_validate._toolchains.record import Toolchain
from daytona_validate.testing import Execution, FakeProvider, ran

LIMITS = {
    Outcome.TIMEOUT: Limit.TIMEOUT,
    Outcome.MEMORY_LIMIT: Limit.MEMORY,
    Outcome.OUTPUT_LIMIT: Limit.OUTPUT,
    Outcome.PROCESS_LIMIT: Limit.PROCESSES,
}
OUTCOMES = {each.snippet.code: each.outcome for each in mixed_programs(50)}


def as_it_should(snippet: Snippet) -> Execution:
    outcome = OUTCOMES[snippet.code]
    if outcome in LIMITS:
        return ran(limit=LIMITS[outcome])
    if outcome is Outcome.MISSING_DEPENDENCY:
        name = snippet.code.removeprefix("import ")
        last_words = f"ModuleNotFoundError: No module named '{name}'"
        return ran(stderr=f"Traceback (most recent call last):\n{last_words}", exit_code=1)
    if outcome is Outcome.WRONG_OUTPUT:
        return ran("another thing")
    return ran(snippet.expected_output or "", exit_code=0 if outcome is Outcome.PASSED else 1)


async def test_right_verdicts_each_time_are_no_failure() -> None:
    said: list[str] = []
    async with Validator(provider=FakeProvider(as_it_should), concurrency=4) as validator:
        record = await verdict_agreement(
            validator, count=50, repetitions=2, at_a_time=(1, 4), say=said.append
        )
    assert failures(record) == 0
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in record.rows]
    assert [(row["way"], row["right"]) for row in rows] == [
        ("1 at a time", 100),
        ("4 at a time", 100),
    ]
    assert len(said) == 4


async def test_another_verdict_than_at_first_and_a_wrong_one_are_failures() -> None:
    seen: list[str] = []

    def changing(snippet: Snippet) -> Execution:
        seen.append(snippet.code)
        return ran(exit_code=0 if len(seen) == 1 else 1)

    said: list[str] = []
    async with Validator(provider=FakeProvider(changing), concurrency=2) as validator:
        record = await verdict_agreement(
            validator, count=1, repetitions=1, at_a_time=(1, 2), say=said.append
        )
    first, other = (dict(zip(COLUMNS, row, strict=True)) for row in record.rows)
    assert (first["right"], first["wrong"], first["not as at first"]) == (1, 0, 0)
    assert (other["right"], other["wrong"], other["not as at first"]) == (0, 1, 1)
    assert failures(record) == 2
    assert any("computes" in line and "runtime_error" in line for line in said)


async def test_the_throughput_of_a_provider_counts_what_did_not_pass() -> None:
    def of(snippet: Snippet) -> Execution:
        return ran("no" if "in 3" in snippet.code else snippet.expected_output or "")

    async with Validator(provider=FakeProvider(of)) as validator:
        record = await provider_throughput(
            validator,
            languages=["python"],
            repetitions=2,
            count=2,
            at_a_time=2,
            say=lambda _: None,
        )
    (row,) = (dict(zip(RATES, row, strict=True)) for row in record.rows)
    assert (row["language"], row["at a time"], row["errors"]) == ("python", 2, 1)
    assert failures(record) == 1
    assert record.versions == {"python at fake": "fake 1.0"}


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
async def test_real_programs_agree(shared_cache: None, python_toolchain: Toolchain) -> None:
    async with Validator(provider="local", concurrency=2) as validator:
        record = await verdict_agreement(
            validator, count=6, repetitions=1, at_a_time=(1, 2), say=lambda _: None
        )
    assert failures(record) == 0
