"""A batch of mixed snippets is measured side by side, and what does not pass in it is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count

import pytest

from daytona_validate import Settings, Snippet, Validator
from daytona_validate._bench.mixed_batch import (
    COLUMNS,
    SHARES,
    BatchSide,
    batch_of,
    batches,
    mixed_batch,
)
from daytona_validate._bench.record import failures
from daytona_validate._toolchains.record import Toolchain
from daytona_validate.testing import Execution, FakeProvider, ran


def test_a_batch_has_all_languages_by_their_shares_and_no_program_twice() -> None:
    batch = mixed_batch(180, 7)
    assert Counter(each.language for each in batch) == {n: 10 * s for n, s in SHARES.items()}
    codes = {each.code for each in (*batch, *mixed_batch(180, 187))}
    assert len(codes) == 360


async def test_what_does_not_pass_is_an_error_of_its_side() -> None:
    numbers = count()

    def one_in_ten_fails(snippet: Snippet) -> Execution:
        return ran("no" if next(numbers) % 10 == 0 else snippet.expected_output or "")

    def all_pass(snippet: Snippet) -> Execution:
        return ran(snippet.expected_output or "")

    said: list[str] = []

    def side(title: str, program: Callable[[Snippet], Execution]) -> BatchSide:
        return BatchSide(title=title, validator=lambda: Validator(provider=FakeProvider(program)))

    sides = [side("right", all_pass), side("wrong", one_in_ten_fails)]
    record = await batches(sides, count=20, repetitions=2, say=said.append)
    right, wrong = (dict(zip(COLUMNS, row, strict=True)) for row in record.rows)
    assert (right["side"], right["errors"]) == ("right", 0)
    assert (wrong["side"], wrong["errors"]) == ("wrong", 4)
    assert failures(record) == 4
    assert sum("wrong_output" in line for line in said) == 4


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
async def test_the_kernel_counts_a_processs_cpu_time_and_a_forks_is_added(
    shared_cache: None, python_toolchain: Toolchain
) -> None:
    burnt_s = 0.5
    code = f"import time\nwhile time.process_time() < {burnt_s}: pass\nprint(1)"
    for engine in ("cold", "zygote"):
        settings = await asyncio.to_thread(Settings, python_engine=engine)
        side = BatchSide(
            title=engine,
            validator=partial(Validator, settings, provider="local", concurrency=1),
            forks=engine == "zygote",
        )
        batch = await batch_of(side, [Snippet(code=code, language="python")] * 4)
        assert not batch.wrong
        assert 4 * burnt_s < batch.cpu_s < 8 * burnt_s  # twice counted, it would be more
