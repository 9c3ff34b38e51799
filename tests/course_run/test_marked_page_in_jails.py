"""A page with sessions, marks, files and shown outputs in real sandboxes: each block's verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate import CodeValidationResult, Validator
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

# The first use of a toolchain prepares it.
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(600)]

BLOCKS = (
    ("python", ">>> price = 3\n>>> price * 2\n6\n", "passed", None),
    ("python", ">>> price + 1\n4\n>>> int('x')\nValueError: ...\n", "passed", None),
    ("python", ">>> price + 1\n5\n", "wrong_output", 2),
    ("python", ">>> 1\n1\n>>> print(2) if\n", "compile_error", 3),
    ("python", "print(price)  # 3\n", "passed", None),
    ("python", "x = 1\nprint(price)  # 4\n", "wrong_output", 2),
    ("python", "x = 1\nx.price  # AttributeError\n", "passed", None),
    ("python", "x = 1\nx.price()  # TypeError\n", "runtime_error", 2),
    ("python", "# shop.py\ndef pay(): return 7\n", "passed", None),
    ("python", "from shop import pay\nprint(pay())  # 7\n", "passed", None),
    ("python", "from shop import owe\n", "runtime_error", 1),
    ("python notest", "1/0\n", "skipped", None),
    ("python no-run", "1/0\n", "passed", None),
    ("python should-fail=ZeroDivisionError", "1/0\n", "passed", 1),
    ("python should-fail=KeyError", "1/0\n", "runtime_error", 1),
    ("python should-fail", "1\n", "wrong_output", None),
    ("python", ">>> rate * 2\n6\n", "passed", None),
    ("python", ">>> rate * 2\n>>> rats\n6\n", "runtime_error", 2),
    (
        "python timeout=2",
        "import socket\nsocket.create_server(('127.0.0.1', 0)).accept()\n",
        "not_runnable",
        None,
    ),
    ("python timeout=1", "import socket\nwhile True: pass\n", "timeout", None),
    ("python", "$ pip install shop\n", "not_runnable", None),
)


@pytest.fixture
def courses(tmp_path: Path) -> list[CourseSnippet]:
    (tmp_path / "conf.py").write_text('doctest_global_setup = "rate = 3"\n')
    page = tmp_path / "lesson.md"
    page.write_text("\n".join(f"```{info}\n{code}```\n" for info, code, _, _ in BLOCKS))
    return list(collect([str(page)], options=CollectOptions(outputs=("comments",))))


@pytest.mark.thorough
async def test_each_block_has_its_verdict(
    courses: list[CourseSnippet], jail_cache_dir: Path
) -> None:
    found: list[tuple[int, str, int | None]] = []

    async def keep(course: CourseSnippet, result: CodeValidationResult) -> None:
        assert course.code_line is not None
        found.append((course.code_line, result.outcome, result.error_line))

    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    async with Validator(provider=provider, concurrency=2) as validator:
        await run_course(
            courses, validator=validator, on_result=keep, rules=RunRules(allows_files=True)
        )
    assert [(outcome, line) for _, outcome, line in sorted(found)] == [
        (outcome, line) for _, _, outcome, line in BLOCKS
    ]
