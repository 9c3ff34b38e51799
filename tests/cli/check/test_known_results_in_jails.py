"""`check --cache` over real sandboxes: what is known starts none, and what has changed does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from daytona_validate._cli.program import program
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.runner import JailRunner
from daytona_validate._providers.local import LocalProvider
from daytona_validate._settings import Settings

# The first use of a toolchain prepares it.
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(600)]

NO_JAILS = "this host makes no jails"
PAGE = """\
# Prices

```python
price = 3
print(price)
```

```python
print(price * 2)
```

```python
print(open("prices.txt").read(), rate)
```

```python
raise ValueError("as it is")
```

```python notest
left_out()
```
"""
PRINTS_TOO_MUCH = """
```python
while True: print("x" * 65536)
```
"""


@pytest.fixture
def course(
    in_folder: Path, monkeypatch: pytest.MonkeyPatch, jail_cache_dir: Path
) -> Iterator[Path]:
    """A page with a session, a neighbour, a set-up and a failure, and a notebook."""
    monkeypatch.delenv("DAYTONA_CACHE")
    shutil.rmtree(jail_cache_dir / "results", ignore_errors=True)
    (in_folder / "lesson.md").write_text(PAGE)
    (in_folder / "prices.txt").write_text("3 and 4")
    (in_folder / "before.py").write_text("rate = 1\n")
    config = 'files = ["*.txt"]\nsetup = "before.py"\n'
    (in_folder / "daytona-validate.toml").write_text(config)
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": each, "metadata": {}, "outputs": [], "execution_count": 1}
        for each in ("x = 1", "print(x + 1)", "print(y)")
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (in_folder / "cells.ipynb").write_text(json.dumps(notebook))
    yield in_folder
    shutil.rmtree(jail_cache_dir / "results", ignore_errors=True)


def check(*options: str, has_jails: bool = True) -> Result:
    async def refuse(_folder: Path | None) -> JailRunner:
        raise SandboxUnavailable(NO_JAILS)

    start = JailRunner.start if has_jails else refuse
    provider = LocalProvider(Settings.load(), start=start)
    arguments = ["check", ".", "--provider", "local", "--output-format", "jsonl", *options]
    result = CliRunner().invoke(program, arguments, obj=provider)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def rows(result: Result) -> dict[str, dict[str, Any]]:
    found = [json.loads(line) for line in result.stdout.splitlines()]
    return {
        f"{each['location']['path']}:{each['location']['cell'] or each['location']['line']}": each
        for each in found
        if each["type"] == "result"
    }


def ran(result: Result) -> set[str]:
    """Return the places of what was run, of what can be."""
    return {
        place
        for place, each in rows(result).items()
        if not each["cached"] and each["outcome"] != "skipped"
    }


@pytest.mark.thorough
def test_what_is_known_starts_no_jail_and_is_told_as_it_was(course: Path) -> None:
    first = check()
    assert (first.exit_code, len(ran(first))) == (1, 7), first.output
    again = check(has_jails=False)
    assert (again.exit_code, ran(again)) == (1, set()), again.output
    same = {place: {**each, "cached": False} for place, each in rows(again).items()}
    assert same == {place: {**each, "cached": False} for place, each in rows(first).items()}
    assert ran(check("--last-failed")) == {"lesson.md:16", "cells.ipynb:2"}
    for unknown in (("--no-cache",), ("--timeout", "9")):
        refused = check(*unknown, has_jails=False)
        assert (refused.exit_code, f"error: {NO_JAILS}" in refused.stderr) == (3, True)


@pytest.mark.thorough
def test_what_has_changed_is_run(course: Path) -> None:
    check()
    (course / "prices.txt").write_text("5 and 6")
    found = rows(check())["lesson.md:12"]
    assert (found["cached"], found["output"]) == (False, "5 and 6 1\n")
    (course / "before.py").write_text("rate = 2\n")
    found = rows(check())["lesson.md:12"]
    assert (found["cached"], found["output"]) == (False, "5 and 6 2\n")
    (course / "lesson.md").write_text(PAGE.replace("price = 3", "price = 4"))
    result = check()
    assert ran(result) == {"lesson.md:3", "lesson.md:8"}, "its own, and what follows from it"
    assert rows(result)["lesson.md:8"]["output"] == "8\n"
    (course / "lesson.md").write_text(PRINTS_TOO_MUCH)
    for _ in range(2):
        found = rows(check())["lesson.md:2"]
        assert (found["outcome"], found["cached"]) == ("output_limit", False)
    again = check(has_jails=False)
    assert (again.exit_code, f"error: {NO_JAILS}" in again.stderr) == (3, True)
    assert "lesson.md:2" not in rows(again), "it is refused before anything is said of it"


READER = """\
```python
import os
for place in {places!r}:
    try:
        print(os.listdir(place))
        open(os.path.join(place, "results.sqlite3"), "ab")
    except OSError as error:
        print(type(error).__name__)
found = [n for f in os.walk("/") for n in f[2] if "results.sqlite3" in n]
print(found, os.path.exists({cache!r}))
```
"""


def test_no_program_sees_where_results_are_kept(course: Path, jail_cache_dir: Path) -> None:
    check()
    folder = jail_cache_dir / "results"
    assert list(folder.iterdir())
    page = READER.format(places=[str(folder)], cache=str(folder))
    (course / "lesson.md").write_text(page)
    found = rows(check())["lesson.md:1"]
    assert found["output"] == "FileNotFoundError\n[] False\n", found
