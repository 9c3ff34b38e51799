"""One program, one verdict: as a file, as a record and as text, whatever bytes it begins with."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from collected import snippets_of
from daytona_validate import CodeValidationResult, Snippet, Validator
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._courses.collect import collect
from daytona_validate._jails.runner import JailRunner
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

pytestmark = [
    pytest.mark.jail,
    pytest.mark.slow,
    pytest.mark.timeout(600),  # the first use of a toolchain prepares it
]

PROGRAMS = {
    "python": "print('hi')\nprint('ho')\n",
    "javascript": "console.log('hi')\nconsole.log('ho')\n",
    "typescript": "const a: string = 'hi'\nconsole.log(a + '\\nho')\n",
    "java": "public class Main {\n    public static void main(String[] a) {\n"
    '        System.out.println("hi\\nho");\n    }\n}\n',
    "go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi\\nho")\n}\n',
    "sql": "\\t on\n\\a\nselect 'hi';\nselect 'ho';\n",
}
REFUSES_MARK = frozenset({"java"})
"""javac alone: seen with 17; the others took it with Python 3.11, Node 24, Go 1.27, psql 15."""

QUICK = "python"
"""The others are left to the thorough tests."""


@pytest.fixture
async def validator(jail_runner: JailRunner) -> AsyncIterator[Validator]:
    async with Validator(
        provider=LocalProvider(plain_settings(cache_dir=jail_runner.cache))
    ) as validator:
        yield validator


async def collected(*paths: Path) -> list[Snippet]:
    """Read files as `check` does, which is not in the event loop."""
    return await asyncio.to_thread(
        lambda: list(snippets_of(collect([str(path) for path in paths])))
    )


async def three_ways(
    validator: Validator, folder: Path, text: str, language: str
) -> list[CodeValidationResult]:
    """Validate a program as text, as a record and as a source file, in this order."""
    file = folder / f"program{LANGUAGES[language].suffixes[0]}"
    file.write_bytes(text.encode())
    record = folder / "program.jsonl"
    record.write_text(json.dumps({"code": text, "language": language}) + "\n")
    snippets = [Snippet(code=text, language=language), *await collected(record, file)]
    return await validator.validate_many(snippets)


@pytest.mark.parametrize(
    "language",
    [
        pytest.param(each, marks=[] if each == QUICK else [pytest.mark.thorough])
        for each in PROGRAMS
    ],
)
async def test_a_byte_order_mark_and_line_ends_of_windows_make_no_difference_of_the_way(
    validator: Validator, tmp_path: Path, language: str
) -> None:
    if language == "java" and shutil.which("javac") is None:
        pytest.skip("no JDK here")
    windows = PROGRAMS[language].replace("\n", "\r\n")
    for text, is_good in (
        (windows, True),
        ("\ufeff" + windows, language not in REFUSES_MARK),
    ):
        results = await three_ways(validator, tmp_path, text, language)
        expected = ("passed", "hi\nho\n") if is_good else ("compile_error", "")
        assert [(r.outcome, r.output) for r in results] == [expected] * 3, results[0].details
        assert len({r.details.partition(" successfully")[0] for r in results}) == 1


async def test_a_python_file_is_read_in_the_encoding_that_it_names(
    validator: Validator, tmp_path: Path
) -> None:
    text = "# -*- coding: gbk -*-\nprint('你好吗')\n"
    (tmp_path / "gbk.py").write_bytes(text.encode("gbk"))
    page = tmp_path / "page.md"
    page.write_text(f"```python\n{text}```\n")
    snippets = [*await collected(tmp_path / "gbk.py", page), Snippet(code=text, language="py")]
    results = await validator.validate_many(snippets)
    assert [(r.outcome, r.output) for r in results] == [("passed", "你好吗\n")] * 3


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.py", b"print('\xe9')\n", ("compile_error", "Non-UTF-8 code starting with '\\xe9'")),
        ("a.py", b"# coding: nosuch\n", ("compile_error", ": nosuch")),
        ("a.js", b"console.log('\xe9')\n", ("passed", "successfully")),
        ("a.ts", b"console.log('\xe9')\n", ("passed", "successfully")),
        (
            "a.go",
            b"package main\n// \xe9\nfunc main() {}\n",
            ("compile_error", "(line 2) (the file"),
        ),
        ("a.sql", b"select '\xe9';\n", ("runtime_error", "invalid byte sequence")),
        (
            "A.java",
            b"class A {\n// \xe9\n}\n",
            ("compile_error", "(0xE9) for encoding UTF-8 (line 2"),
        ),
    ],
)
async def test_what_a_language_cannot_decode_it_judges_itself(
    validator: Validator, tmp_path: Path, name: str, content: bytes, expected: tuple[str, str]
) -> None:
    outcome, telling = expected
    if name.endswith(".java") and shutil.which("javac") is None:
        pytest.skip("no JDK here")
    (tmp_path / name).write_bytes(content)
    (result,) = await validator.validate_many(await collected(tmp_path / name))
    assert (result.outcome, result.fault) == (outcome, "none" if outcome == "passed" else "snippet")
    assert telling in result.details
