"""Rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import daytona_validate

ROOT = Path(__file__).parents[2]
MAX_LINES = 300
MAX_BODY_LINES = 40
"""Of a function: without signature and docstring."""
SAY_NOTHING = {"utils", "util", "helpers", "common", "base", "misc"}
HEAVY = {
    "httptools",
    "anyio",
    "asyncio",
    "click",
    "httpx",
    "markdown_it",
    "pydantic",
    "pydantic_settings",
    "rich",
    "tenacity",
}


def files(*folders: str, pattern: str = "*.py") -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob(pattern)]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    sources = [*files("src", "tests", "benchmarks"), ROOT / "noxfile.py"]
    assert len(sources) > 20
    lengths = {str(path): len(path.read_text().splitlines()) for path in sources}
    assert [path for path, lines in lengths.items() if lines > MAX_LINES] == []


def bodies(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a file, with the lines of its body."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_docstring = ast.get_docstring(node) is not None
            above = node.body[0].end_lineno if has_docstring else node.body[0].lineno - 1
            yield f"{path.name}: {node.name}", (node.end_lineno or 0) - (above or 0)


@pytest.mark.thorough
def test_no_function_is_longer_than_a_screen() -> None:
    lengths = [each for path in files("src", "benchmarks") for each in bodies(path)]
    assert len(lengths) > 1000
    assert [each for each in lengths if each[1] > MAX_BODY_LINES] == []


def test_file_names_say_what_is_in_them() -> None:
    assert [p for p in files("src", "benchmarks") if p.stem.strip("_") in SAY_NOTHING] == []


def test_no_path_of_a_developers_machine_is_written_down() -> None:
    if len(ROOT.parts) < 3:
        return  # a root such as /project cannot be told from an example
    texts = files("src", "tests", "benchmarks", "examples", "docs", ".ci", pattern="*")
    texts += [path for path in ROOT.glob("*") if path.suffix in (".md", ".toml", ".py")]
    needle = f"{ROOT}/".encode()  # with the slash: a jail has a /work/main.py as well
    assert [path for path in texts if needle in path.read_bytes()] == []


def test_public_modules_are_few_and_known() -> None:
    package = ROOT / "src" / "daytona_validate"
    public = {p.stem for p in package.iterdir() if not p.name.startswith(("_", "."))}
    assert public == {"py", "testing", "emulator"}, "and py.typed; all else starts with _"


def test_public_names_exist_and_are_described() -> None:
    names = daytona_validate.__all__
    assert len(names) == len(set(names)) <= 30, "few enough to read in one go"
    assert set(names) <= set(dir(daytona_validate))
    assert [name for name in names if not getattr(daytona_validate, name).__doc__] == []


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        daytona_validate.no_such_name  # noqa: B018  # the access itself is the test


def loaded_by(*argv: str) -> set[str]:
    """Return the heavy modules that a fresh interpreter has loaded after some code."""
    code = f"import sys\n{argv[0]}\nprint(*sys.modules, file=sys.stderr)"
    run = subprocess.run(
        [sys.executable, "-c", code, *argv[1:]], capture_output=True, text=True, check=True
    )
    return HEAVY & set(run.stderr.split())


@pytest.mark.slow
def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import daytona_validate") == set()


@pytest.mark.slow
def test_importing_the_client_loads_no_http_and_no_command_line() -> None:
    loaded = loaded_by("from daytona_validate import Validator, Snippet")
    assert not loaded & {"click", "httpx", "rich"}


@pytest.mark.slow
def test_the_readers_of_files_load_no_parser_of_markdown() -> None:
    """A run over data alone needs none."""
    assert "markdown_it" not in loaded_by("from daytona_validate._courses import file_formats")


@pytest.mark.slow
def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by(
        "from daytona_validate.__main__ import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code, end",
        "--help",
    )
    assert loaded <= {"click"}
