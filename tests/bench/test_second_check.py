"""The benchmark of a second check measures what it says: one side runs nothing, the other all."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._bench.figures import Figure
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._bench.record import failures
from daytona_validate._bench.second_check import COLUMNS, checked, second_check, write_course
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions


def test_a_course_has_the_blocks_that_are_asked_for_and_each_is_another(tmp_path: Path) -> None:
    write_course(tmp_path, 64)
    codes = [each.snippet.code for each in collect([str(tmp_path)], options=CollectOptions())]
    assert len(set(codes)) == 64


@pytest.mark.thorough
@pytest.mark.alone
@pytest.mark.slow
def test_a_run_that_failed_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYTONA_CONCURRENCY", "no number")
    write_course(tmp_path, 1)
    with pytest.raises(NotMeasured, match=r"ended with 2: .*DAYTONA_CONCURRENCY"):
        checked(tmp_path)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
@pytest.mark.timeout(600)
def test_all_pass_and_only_one_side_runs_them(shared_cache: None) -> None:
    record = second_check(repetitions=1, blocks=3, say=lambda _line: None)
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in record.rows]
    assert failures(record) == 0
    assert [(each["command"], each["from the cache"]) for each in rows] == [
        ("check --no-cache", 0),
        ("check", 3),
    ]
    assert all(isinstance(each["s"], Figure) for each in rows)
