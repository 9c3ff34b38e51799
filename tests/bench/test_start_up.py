"""A start is measured until the first result, of programs as users write them."""

from __future__ import annotations

import pytest

from daytona_validate._bench.client_cost import SDK
from daytona_validate._bench.figures import Figure
from daytona_validate._bench.processes import NotMeasured, scripted_daytona
from daytona_validate._bench.start_up import NEITHER, start_up, started


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
async def test_each_program_that_can_run_here_has_its_row() -> None:
    record = await start_up(repetitions=1, say=lambda _: None)
    titles = ["ours", "Python alone"]
    assert [row[0] for row in record.rows] == ([SDK.title] if SDK.is_here else []) + titles
    for title, wall_ms, _, cpu_ms, _, rss_mib in record.rows:
        assert all(isinstance(each, Figure) and each.low > 0 for each in (wall_ms, cpu_ms, rss_mib))
        assert f"python, {title}" in record.inputs


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
async def test_the_sdk_is_left_out_where_nobody_asks_for_it() -> None:
    record = await start_up(repetitions=1, is_beside_sdk=False, say=lambda _: None)
    assert [row[0] for row in record.rows] == ["ours", "Python alone"]
    assert {row[2] for row in record.rows} == {"-"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "words"), [("1/0", "ZeroDivisionError"), (NEITHER.replace("7", "8"), "ended with")]
)
async def test_a_program_without_the_right_result_is_not_measured(program: str, words: str) -> None:
    async with scripted_daytona(0) as port:
        with pytest.raises(NotMeasured, match=words):
            await started(program, port)
