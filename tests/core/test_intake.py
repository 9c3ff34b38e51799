"""What is refused, and whether the sentence says what, which, and what to do."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daytona_validate._core.comparison import ACCEPTED
from daytona_validate._core.details import fragment_details
from daytona_validate._core.intake import (
    MAX_FILES,
    MAX_INPUT_BYTES,
    MAX_QUANTITY,
    Job,
    Refusal,
    intake,
)
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Limits, Outcome, SandboxSpec, Snippet
from daytona_validate._unsafe_characters import UNSAFE_CHARACTER
from for_each import for_each

from .intakes import taken

LONGEST_PATH = "/".join((*["a" * 255] * 3, "a" * 254, "b"))


def found(code: str = "print(1)", language: str = "python", **values: Any) -> Job | Refusal:
    return taken(Snippet(code=code, language=language, **values))


@for_each(
    "values",
    [
        {},
        {"language": " PY "},
        {"code": "x" * 100},
        {"code": "é" * 50},
        {"stdin": "a\0b"},
        {"stdin": "x" * MAX_INPUT_BYTES},
        {"files": {"a/b.txt": b"\0\xff", "a/c.txt": "é", "é .txt": "", "main.pyc": ""}},
        {"files": {str(n): "" for n in range(MAX_FILES)}},
        {"files": {LONGEST_PATH: "", "z" * 255: ""}},
        {"args": ("", "-x", "é")},
        {"timeout_s": 0.001},
        {"timeout_s": MAX_QUANTITY},
        {"limits": Limits()},
        {"skill": "\ud800", "snippet_id": "\ud800", "expected_output": "\ud800"},
    ],
    ids=lambda values: " and ".join(values) or "a plain one",
)
def test_good_snippets_pass(values: dict[str, Any]) -> None:
    assert isinstance(found(**values), Job)


@for_each(
    ("values", "problem"),
    [
        ({"code": ""}, "the code is empty"),
        ({"code": " \n\t"}, "the code is empty"),
        ({"code": "x" * 101}, "the code has more than 100 bytes: shorten it or raise max_code_kib"),
        ({"code": "é" * 51}, "the code has more than 100 bytes: shorten it or raise max_code_kib"),
        ({"code": "a\nb\0c"}, "line 2 of the code has a NUL character: remove it"),
        ({"code": "\0a\nb\0"}, "line 1 of the code has a NUL character: remove it"),
        ({"code": "\nb\0\n"}, "line 2 of the code has a NUL character: remove it"),
        ({"code": "a\n\n\udcff"}, "line 3 of the code has half of a surrogate pair: remove it"),
        ({"code": "\n\udcff\n"}, "line 2 of the code has half of a surrogate pair: remove it"),
        (
            {"compare": "flaot"},
            f"compare is 'flaot': it must be {ACCEPTED}",
        ),
        ({"compare": "x" * 99}, f"compare is '{'x' * 58}…: it must be {ACCEPTED}"),
        ({"stdin": "\ud800"}, "stdin has half of a surrogate pair: remove it"),
        (
            {"args": ("a", "b\0")},
            "argument 2 has a NUL character or half of a surrogate pair: remove it",
        ),
        (
            {"args": ("\ud800",)},
            "argument 1 has a NUL character or half of a surrogate pair: remove it",
        ),
        (
            {"files": {"/etc/x": ""}},
            "the file name '/etc/x' is absolute; name it relative to the work folder",
        ),
        (
            {"files": {"a/../b": ""}},
            "the file name 'a/../b' has an empty part, '.' or '..'; write it like 'folder/name'",
        ),
        (
            {"files": {"": ""}},
            "the file name '' has an empty part, '.' or '..'; write it like 'folder/name'",
        ),
        (
            {"files": {"a//b": ""}},
            "the file name 'a//b' has an empty part, '.' or '..'; write it like 'folder/name'",
        ),
        (
            {"files": {"./b": ""}},
            "the file name './b' has an empty part, '.' or '..'; write it like 'folder/name'",
        ),
        (
            {"files": {"main.py": ""}},
            "the file name 'main.py' is the name of the code's own file; choose another",
        ),
        (
            {"files": {"main.py/x": ""}},
            "the file name 'main.py/x' is the name of the code's own file; choose another",
        ),
        (
            {"files": {"a": "", "a/b": ""}},
            "the file name 'a/b' lies inside a path that is itself a file",
        ),
        (
            {"files": {"a/b": "", "a/b/c": ""}},
            "the file name 'a/b/c' lies inside a path that is itself a file",
        ),
        (
            {"files": {"a": "", "": ""}},
            "the file name '' has an empty part, '.' or '..'; write it like 'folder/name'",
        ),
        (
            {"files": {"a\0": ""}},
            "the file name 'a\\x00' has a NUL character or half of a surrogate pair",
        ),
        (
            {"files": {"a\udcff": ""}},
            "the file name 'a\\udcff' has a NUL character or half of a surrogate pair",
        ),
        (
            {"files": {"é" * 128: ""}},
            f"the file name '{'é' * 79}…' is longer than 255 bytes a part or 1024 in all",
        ),
        (
            {"files": {"a/" * 512 + "a": ""}},
            f"the file name '{'a/' * 39}a…' is longer than 255 bytes a part or 1024 in all",
        ),
        (
            {"files": {"a": "\ud800"}},
            "the file 'a' has half of a surrogate pair: give its bytes",
        ),
        (
            {"files": {"a" * 99: "\ud800"}},
            f"the file '{'a' * 79}…' has half of a surrogate pair: give its bytes",
        ),
        (
            {"files": {str(n): "" for n in range(MAX_FILES + 1)}},
            "the snippet has 101 files: at most 100 are accepted",
        ),
        (
            {"files": {"a": b"x" * MAX_INPUT_BYTES}, "stdin": "x"},
            (
                "stdin, arguments, earlier code and files have 16777217 bytes in all: "
                "at most 16777216 are accepted"
            ),
        ),
        ({"timeout_s": 0}, "timeout_s is 0: it must be over 0 and at most 1000000000"),
        ({"timeout_s": -1.5}, "timeout_s is -1.5: it must be over 0 and at most 1000000000"),
        ({"timeout_s": math.nan}, "timeout_s is nan: it must be over 0 and at most 1000000000"),
        ({"timeout_s": math.inf}, "timeout_s is inf: it must be over 0 and at most 1000000000"),
        (
            {"limits": Limits(memory_mib=-1)},
            "memory_mib is -1: it must be over 0 and at most 1000000000",
        ),
        (
            {"limits": Limits(processes=10**400)},
            f"processes is 1{'0' * 58}…: it must be over 0 and at most 1000000000",
        ),
        (
            {"limits": Limits(disk_mib=1.5)},  # type: ignore[arg-type]  # what a caller may do
            "disk_mib is 1.5: it must be a whole number",
        ),
        (
            {"limits": Limits(disk_mib="x")},  # type: ignore[arg-type]  # what a caller may do
            "disk_mib is 'x': it must be a number",
        ),
        ({"unreadable": "no field 'code'\nhere"}, "no field 'code' here"),
    ],
)
def test_bad_snippets_are_refused_with_a_sentence(values: dict[str, Any], problem: str) -> None:
    assert found(**values) == Refusal(
        Outcome.INVALID_SNIPPET, f"Invalid snippet: {problem}", "python"
    )


@pytest.mark.parametrize(
    ("language", "details"),
    [
        ("pyhton", "Unknown language 'pyhton': did you mean 'python'? (known are {})"),
        ("JavaScrpt", "Unknown language 'JavaScrpt': did you mean 'javascript'? (known are {})"),
        ("brainfuck", "Unknown language 'brainfuck' (known are {})"),
        ("\x1b[31m", "Unknown language '\\x1b[31m' (known are {})"),
        ("x" * 99, f"Unknown language '{'x' * 59}…' (known are {{}})"),
        ("", "No language is given; known are {}"),
        (" ", "No language is given; known are {}"),
    ],
)
def test_unknown_languages_are_named_with_the_nearest(language: str, details: str) -> None:
    known = "python, javascript, typescript, java, go, sql"
    assert found(language=language) == Refusal(
        Outcome.UNSUPPORTED_LANGUAGE, details.format(known), language
    )


def test_a_source_that_was_unreadable_is_said_before_all_else() -> None:
    refused = found(code="", language="?", unreadable="line 3 is no JSON object")
    assert refused == Refusal(
        Outcome.INVALID_SNIPPET, "Invalid snippet: line 3 is no JSON object", "?"
    )


def test_a_block_that_only_includes_files_is_no_program() -> None:
    refused = found(code='--8<-- "a.py"\n--8<-- "b.py"\n', language="py", is_block=True)
    details = fragment_details("the block only includes a.py, b.py")
    assert refused == Refusal(Outcome.NOT_RUNNABLE, details, "python")


def test_a_refusal_calls_a_known_language_by_its_name_in_the_table() -> None:
    refused = found(code="", language=" JS ")
    assert isinstance(refused, Refusal)
    assert refused.language == "javascript"


def test_a_job_has_the_language_the_limits_and_the_packages_resolved() -> None:
    snippet = Snippet(code="x", language=" JS ")
    job = intake(
        snippet,
        limits=Limits(memory_mib=1),
        timeouts_s={"python": 8, "javascript": 9},
        packages={"python": ("numpy",), "javascript": ("left-pad",)},
        max_code_bytes=1,
    )
    limits = Limits(memory_mib=1, timeout_s=9)
    assert job == Job(snippet, LANGUAGES["javascript"], limits, ("left-pad",))
    assert job.spec() == SandboxSpec(language="javascript", limits=limits, packages=("left-pad",))


@settings(max_examples=40)
@given(
    code=st.text(st.characters(codec=None), max_size=120),
    language=st.sampled_from(["python", "js", "x", ""]),
    files=st.dictionaries(st.text(st.characters(codec=None), max_size=8), st.text(), max_size=3),
)
def test_whatever_is_handed_in_there_is_no_exception_and_one_harmless_line(
    code: str, language: str, files: dict[str, str | bytes]
) -> None:
    snippet = Snippet(code=code, language=language, files=files)
    found = taken(snippet)
    if isinstance(found, Job):
        assert 0 < len(code.encode()) <= 100
    else:
        assert UNSAFE_CHARACTER.search(found.details) is None
        assert len(found.details) <= 300
