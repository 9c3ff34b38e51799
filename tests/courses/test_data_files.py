"""JSON arrays and CSV: each record is one snippet in its line; what holds none is no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collected import snippets_of
from daytona_validate._core.not_read import Why
from daytona_validate._core.summary import Tally
from daytona_validate._courses.code_template import code_template
from daytona_validate._courses.collect import collect, find
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._models import Snippet
from daytona_validate._reports.json_reports import jsonl_each, jsonl_end
from growth import assert_linear
from made_results import made_reported

PYTHON = CollectOptions(default_language="python")
EXAMPLES = Path(__file__).parents[2] / "examples"
Read = Callable[..., list[Snippet]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a file that is named outright, or the folder that it is in."""

    def snippets(
        name: str, content: str | bytes, *, in_folder: bool = False, limit: int = 1_000_000
    ) -> list[Snippet]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        options = replace(PYTHON, max_file_bytes=limit)
        return list(snippets_of(collect([str(tmp_path if in_folder else path)], options=options)))

    return snippets


def told(snippets: list[Snippet]) -> list[tuple[str, int]]:
    return [(each.code, each.location.line if each.location else 0) for each in snippets]


def problem_of(snippets: list[Snippet]) -> str:
    (snippet,) = snippets
    return snippet.unreadable or ""


@pytest.mark.parametrize("head", ["", '{"version": [1], "data": ', "\ufeff \n"])
@pytest.mark.parametrize("in_folder", [True, False])
def test_each_record_of_an_array_has_the_line_where_it_begins(
    read: Read, head: str, in_folder: bool
) -> None:
    array = '[{"code": "a"},\n\n  {"code":\n  "b"}, {"code": "c"}\n]'
    text = f"{head}{array}" + ("}" if head.startswith("{") else "")
    first = 2 if "\n" in head else 1
    found = told(read("d.json", text, in_folder=in_folder))
    assert found == [("a", first), ("b", first + 2), ("c", first + 3)]


def test_a_record_is_found_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text('[\n{"code": "a"},\n{"code":\n"b"}\n]')
    assert find(f"{path}:4", options=PYTHON).code == "b"


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "app", "version": "1"}',
        '{"compilerOptions": {"strict": true}}',
        '{"data": {"code": "x"}}',
        '{"name" 3}',
        '["code"]',
        '[{"name": "x"}]',
        "[]",
        "",
        "3",
        "{ // a comment\n}",
        "[" * 100_000,
        "\ufffe",
        b"\xff\xfe[",
    ],
)
def test_other_json_is_no_data_in_a_folder_and_refused_by_name(
    read: Read, text: str | bytes
) -> None:
    assert read("package.json", text, in_folder=True) == []
    assert "the file" in problem_of(read("package.json", text)) or "first record" in problem_of(
        read("package.json", text)
    )


@pytest.mark.parametrize("end", ["", ', {"code": ', '\n{"code": "b"}]', ', {"code": 1e}]'])
def test_data_that_breaks_off_says_so_after_what_was_read(read: Read, end: str) -> None:
    whole, broken = read("d.json", f'[{{"code": "a"}}{end}', in_folder=True)
    assert whole.code == "a"
    assert "no JSON" in (broken.unreadable or "")


def test_a_later_record_without_code_is_not_lost(read: Read) -> None:
    first, second, third = read("d.json", '[{"code": "a"}, {"name": "b"}, 3]')
    assert first.code == "a"
    assert "no code in a field `code`" in (second.unreadable or "")
    assert "not a JSON object" in (third.unreadable or "")


def test_a_large_array_is_refused_with_advice_and_other_large_files_are_none(read: Read) -> None:
    text = '[{"code": "' + "a" * 200 + '"}]'
    assert "as JSON Lines it may have any size" in problem_of(read("d.json", text, limit=100))
    assert len(read("d.json", text, limit=100, in_folder=True)) == 1
    assert read("d.json", '{"a": "' + "a" * 200 + '"}', limit=100, in_folder=True) == []


def test_the_first_row_of_csv_names_the_fields(read: Read) -> None:
    text = (
        "\ufeffid,code,language,timeout_s,args,stdin\r\n"
        '7,"print(1)\nprint("" "")",python,2.5,"[""a""]",\r\n'
        "\r\n"
        "8,b,,x,,in\r\n"
    )
    first, second = read("d.csv", text)
    assert (first.snippet_id, first.code, first.language) == ("7", 'print(1)\nprint(" ")', "python")
    assert (first.timeout_s, first.args, first.stdin) == (2.5, ("a",), "")
    assert first.location
    assert first.location.line == 2
    assert "field `timeout_s` must be a number" in (second.unreadable or "")
    assert second.location
    assert second.location.line == 5


def test_a_row_with_other_cells_than_the_first_is_unreadable(read: Read) -> None:
    good, long, short = read("d.csv", "code,id\na,1\nb,2,3\nc\n")
    assert good.code == "a"
    assert "it has 3 cells, the first row has 2" in (long.unreadable or "")
    assert "it has 1 cells" in (short.unreadable or "")


def test_a_csv_file_may_be_larger_than_a_row(read: Read) -> None:
    assert len(read("d.csv", "code,id\n" + "a,1\n" * 50, limit=20)) == 50


@pytest.mark.parametrize("text", ["name,size\na,1\n", "", b"\xff\xfe", "\0"])
def test_other_csv_is_no_data_in_a_folder(read: Read, text: str | bytes) -> None:
    assert read("d.csv", text, in_folder=True) == []
    assert problem_of(read("d.csv", text))


@pytest.mark.parametrize("end", [b'"open\n', b"\xff,1\n", b"a" * 200])
def test_csv_that_breaks_off_says_so_after_what_was_read(read: Read, end: bytes) -> None:
    whole, broken = read("d.csv", b"code,id\na,1\n" + end, limit=100, in_folder=True)
    assert whole.code == "a"
    assert "no CSV from line" in (broken.unreadable or "")


@pytest.mark.parametrize(
    ("name", "template", "count"),
    [
        ("completions.jsonl", r"{prompt}{completion}\n{test}\ncheck({entry_point})", 2),
        ("tasks.json", r"{test_setup_code}\n{code}\n{test_list}", 2),
    ],
)
def test_the_examples_are_programs_that_pass_and_notice_a_mistake(
    name: str, template: str, count: int
) -> None:
    options = replace(PYTHON, template=code_template(template))
    snippets = list(snippets_of(collect([str(EXAMPLES / name)], options=options)))
    assert len(snippets) == count
    for each in snippets:
        exec(each.code, {})
        with pytest.raises(AssertionError):
            exec(each.code.replace("return ", "return 3 * "), {})


@given(st.binary(max_size=60))
def test_any_bytes_are_read_without_a_crash(content: bytes) -> None:
    for name in ("-.json", "-.csv"):
        options = replace(PYTHON, stdin_filename=name)
        list(collect(["-"], options=options, stdin=BytesIO(content)))


@pytest.mark.parametrize("piece", ['{"code": "a"},', "\n", '{"code": "a"} ', "[", '"'])
def test_arrays_are_read_in_linear_time(piece: str) -> None:
    options = replace(PYTHON, stdin_filename="d.json")
    assert_linear(
        lambda text: list(collect(["-"], options=options, stdin=BytesIO(text.encode()))),
        piece,
        start='[{"code": "a"},',
    )


@pytest.mark.parametrize("has_result", [True, False], ids=["with a result", "empty"])
def test_a_report_of_an_earlier_run_is_counted_in_a_folder_and_told_by_name(
    has_result: bool, tmp_path: Path
) -> None:
    tally, row = Tally(), made_reported()
    path = tmp_path / "results.jsonl"
    path.write_text((jsonl_each(row) if has_result else "") + jsonl_end([], tally.summary(1.0)))
    collection = collect([str(tmp_path)])
    assert list(collection) == []
    assert collection.not_read().counts == {Why.REPORT: 1}
    (named,) = snippets_of(collect([str(path)]))
    assert named.unreadable == "the file is the report of an earlier run: see --resume"
