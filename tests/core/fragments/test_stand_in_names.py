"""Names that stand for the reader's, by a closed list of words; a program's own are none."""

from __future__ import annotations

from daytona_validate._core.fragments.stand_in_names import is_stand_in
from for_each import for_each


@for_each(
    "name",
    [
        "foo",
        "bar1",
        "condition",
        "doSomething",
        "do_something_else",
        "some_value",
        "someURL",
        "myFunction",
        "YOUR_KEY",
        "function_name",
        "ClassName",
        "variableName",
        "all_the_users",
        "api_key_here",
        "otherStatement",
        "callThatMayFail",
    ],
)
def test_stand_ins(name: str) -> None:
    assert is_stand_in(name)


@for_each(
    "name",
    [
        "total",
        "user",
        "fetch_user",
        "conditions",
        "value",
        "name",
        "user_name",
        "file_name",
        "theme",
        "mystery",
        "somersault",
        "anyone",
        "a1",
        "x",
        "baz_total",
        "barrel",
        "HTTPServer",
        "_",
        "__init__",
        "statement_of_account",
        "hereafter",
    ],
)
def test_names_of_programs(name: str) -> None:
    assert not is_stand_in(name)
