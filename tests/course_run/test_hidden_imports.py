"""Import statements in comments, and prose that only has their words."""

from __future__ import annotations

import pytest

from blocks_of_pages import block, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.hidden_imports import imports_in_comments
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear


@for_each(
    ("code", "language", "names"),
    [
        ("# import rails", "python", {"rails"}),
        ("# import rails.cars", "python", {"rails"}),
        ("#from depot.rails import Wagon as Car, Rail  # noqa", "python", {"Car", "Rail"}),
        ("  # from depot import (Wagon, Rail,)", "python", {"Wagon", "Rail"}),
        ("// import Car, { Rail as R, go } from 'depot';", "javascript", {"Car", "R", "go"}),
        ("// import * as depot from 'depot'", "typescript", {"depot"}),
        ("# import total and average below", "python", set()),
        ("# import of json is shown above", "python", set()),
        ("# import the wagon", "python", set()),
        ("# from here on import wagons", "python", set()),
        ("// import wagon from above", "javascript", set()),
        ("-- import wagons", "sql", set()),
    ],
)  # fmt: skip
def test_a_comment_is_an_import_or_prose(code: str, language: str, names: set[str]) -> None:
    assert imports_in_comments(f"a\n{code}\nb", language) == names


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("# import total and average below\nprint(total)", "total"),
        ("# import of json is shown above\nprint(json.dumps(1))", "json"),
    ],
)
def test_prose_with_the_word_import_excuses_nothing(code: str, name: str) -> None:
    failed = result(Outcome.RUNTIME_ERROR, name)
    found = as_gap(CoursePage([block(code)], RunRules()), 0, failed)
    assert found.outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize("piece", ["a", "a ", "a, ", " ", "as ", "\n# import a", "{ ", "a as a,"])
def test_hostile_comments_cost_their_length(piece: str) -> None:
    assert_linear(lambda code: imports_in_comments(f"# import {code}", "python"), piece)
    assert_linear(lambda code: imports_in_comments(f"// import {{{code}", "javascript"), piece)
