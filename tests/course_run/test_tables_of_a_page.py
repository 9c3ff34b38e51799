"""Tables that no block of a page makes, and those that two of them make."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.alternatives import made_anew
from daytona_validate._course_run.consequences import makes
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.missing_tables import database_of, is_absent_table
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
)
from growth import assert_linear

MAKES = "CREATE TABLE wagons (id int); CREATE TEMP VIEW IF NOT EXISTS heavy AS SELECT 1;"


def sql(code: str) -> CourseSnippet:
    return block(code, language="sql")


def failed(said: str, missing: str | None = None) -> CodeValidationResult:
    told = result(Outcome.RUNTIME_ERROR, missing, kind=MissingKind.TABLE, language="sql")
    return replace(told, details=failure_details(f"ERROR: {said}"))


def lacking(name: str, kind: str = "relation") -> CodeValidationResult:
    return failed(f'{kind} "{name}" does not exist (line 1)', name)


def judged(code: str, lacks: CodeValidationResult, *others: str) -> CodeValidationResult:
    page = CoursePage([sql(code), *map(sql, others)], RunRules())
    return as_gap(page, 0, lacks)


@pytest.mark.parametrize("name", ["drivers", "depot.drivers"])
def test_a_table_of_another_chapter_is_no_mistake(name: str) -> None:
    found = judged(f"TRUNCATE {name};", lacking(name), MAKES)
    assert found.details == (
        f"Code not runnable: it needs table {name}, which no block of the page defines; "
        "a set-up file can make it"
    )


def test_rows_put_into_a_table_do_not_make_it() -> None:
    code = "INSERT INTO drivers VALUES (1);"
    assert not makes(code, "drivers", language="sql")
    assert not makes("CREATE INDEX a ON drivers(id);", "drivers", language="sql")
    assert makes("SELECT 1 INTO drivers;", "drivers", language="sql")
    assert judged(code, lacking("drivers"), code).outcome is Outcome.NOT_RUNNABLE


@pytest.mark.parametrize("name", ["wagosn", "wagon", "wagonss", "wagons", "haevy", "heavys"])
def test_a_table_that_resembles_one_of_the_page_is_misspelt(name: str) -> None:
    found = judged(f"SELECT * FROM {name};", lacking(name), MAKES)
    assert found.outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("code", "name", "other"),
    [
        ("CREATE TABLE customers (id int); SELECT * FROM costumers;", "costumers", ""),
        ("CREATE TABLE wagons (id int); SELECT * FROM drivers;", "drivers", ""),
        ("SELECT * FROM costumers;", "costumers", "CREATE TABLE customers (id int);"),
        ("SELECT * FROM driver_data2;", "driver_data2", "SELECT 1 FROM drivers_data;"),
        ("SELECT * FROM driwerz;", "driwerz", "INSERT INTO depot.drivers VALUES (1);"),
    ],
)
def test_a_table_that_two_slips_make_is_misspelt(code: str, name: str, other: str) -> None:
    assert judged(code, lacking(name), other).outcome is Outcome.RUNTIME_ERROR


def test_columns_and_pages_of_too_many_words_are_not_excused() -> None:
    column = failed('column "age" does not exist (line 1)', "age")
    assert judged("SELECT age FROM wagons;", column, MAKES).outcome is Outcome.RUNTIME_ERROR
    tables = " ".join(f"UPDATE a{n};" for n in range(1001))
    found = judged("TRUNCATE drivers;", lacking("drivers"), tables)
    assert found.outcome is Outcome.RUNTIME_ERROR
    many = ", ".join(f"word{n}" for n in range(5001))
    found = judged("TRUNCATE drivers;", lacking("drivers"), f"SELECT {many};")
    assert found.outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize("makes_it", ["CREATE DATABASE depot;", "USE `depot`;", "use depot;"])
def test_a_database_is_a_schema_only_to_mysql(makes_it: str) -> None:
    for lacks in (lacking("depot.wagons"), lacking("depot", "schema")):
        found = judged("SELECT * FROM depot.wagons;", lacks, makes_it, MAKES)
        assert found.details == (
            "Code not runnable: this looks like MySQL: depot is a database of the page, "
            "and no schema"
        )


INDEX = "CREATE INDEX by_id ON wagons(id);"
THERE = 'relation "by_id" already exists (line 1)'


def test_a_block_that_makes_anew_what_another_made_runs_without_that() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.code != INDEX or any(each.startswith("DROP") for each in snippet.earlier):
            earlier = (EarlierRun(has_passed=True),) * len(snippet.earlier)
            return replace(result(language="sql"), earlier=earlier)
        if not snippet.earlier:
            return lacking("wagons")
        return failed(THERE)

    results, ran = finished([sql(f"{MAKES} {INDEX}"), sql(INDEX)], judge)
    assert results[1].outcome is Outcome.PASSED
    assert results[1].completed == "the block before it, without by_id of theirs"
    assert len(results[1].earlier) == 1
    assert ran[-1].earlier[1:] == ("DROP INDEX IF EXISTS by_id CASCADE;",)


def test_a_block_that_fails_in_another_way_without_it_failed_as_it_did() -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        if snippet.code != INDEX:
            return result(language="sql")
        dropped = any(each.startswith("DROP") for each in snippet.earlier)
        return lacking("wagons") if dropped or not snippet.earlier else failed(THERE)

    results, _ = finished([sql(f"{MAKES} {INDEX}"), sql(INDEX)], judge)
    assert 'relation "by_id" already exists' in results[1].details


def test_a_column_is_made_anew_as_well() -> None:
    code = "ALTER TABLE wagons ADD age int;"
    found = made_anew(code, failed('column "age" of relation "wagons" already exists (line 1)'), [])
    assert found is not None
    assert found.drops == "ALTER TABLE wagons DROP COLUMN age CASCADE;"


@pytest.mark.parametrize(
    ("code", "said", "earlier"),
    [
        (f"{INDEX} {INDEX}", THERE, INDEX),
        (INDEX, THERE, MAKES),
        (INDEX, 'relation "other" already exists', INDEX),
        (INDEX, "division by zero", INDEX),
    ],
    ids=["twice itself", "nobody made it", "another one", "another error"],
)
def test_what_exists_already_by_its_own_doing_is_no_alternative(
    code: str, said: str, earlier: str
) -> None:
    assert made_anew(code, failed(said), [earlier]) is None


def test_other_languages_make_things_anew_as_they_like() -> None:
    said = replace(failed(THERE), language="python", missing=Missing(MissingKind.NAME, "a"))
    assert made_anew(INDEX, said, [INDEX]) is None


@pytest.mark.parametrize(
    "piece", ["\n", "use ", "create ", "create temp ", "with a ", "), ", "rename ", "use `", "'"]
)
def test_hostile_pages_take_linear_time(piece: str) -> None:
    assert_linear(lambda code: database_of("depot.wagons", [code]), piece)
    assert_linear(lambda code: is_absent_table("drivers", [code]), piece)
