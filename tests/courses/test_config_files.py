"""Each file has the configuration of the nearest folder above it that has one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from daytona_validate._core.course_config import NO_CONFIG
from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.config_files import CourseConfigs
from daytona_validate._errors import ConfigurationError

PYPROJECT = '[tool.daytona-validate]\nsession = "page"\nstrip = ["*!*"]\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def session_of(path: str) -> str | None:
    return CourseConfigs().of_file(path).session


def test_the_nearest_table_counts(folder: Path) -> None:
    write("pyproject.toml", PYPROJECT)
    write("a/pyproject.toml", "[project]\nname = 'x'\n")
    write("b/daytona-validate.toml", 'session = "none"')
    assert session_of("x.md") == session_of("a/x.md") == session_of("a/b/c/x.md") == "page"
    assert session_of("b/x.md") == session_of("b/c/x.md") == "none"
    config = CourseConfigs().of_file("a/x.md")
    assert (config.folder, config.source) == (
        str(folder),
        "[tool.daytona-validate] of pyproject.toml",
    )


def test_our_own_file_wins_key_by_key() -> None:
    write("pyproject.toml", PYPROJECT)
    write("daytona-validate.toml", 'session = "none"')
    config = CourseConfigs().of_file("x.md")
    assert (config.session, config.strip) == ("none", ("*!*",))
    assert config.source == "daytona-validate.toml"


def test_a_folder_knows_its_own_configuration(folder: Path) -> None:
    write("a/daytona-validate.toml", "")
    write("a/b/x.md", "")
    configs = CourseConfigs()
    assert configs.own(str(folder / "a")) is not None
    assert configs.own(str(folder / "a" / "b")) is None
    assert configs.own("/") is None
    assert configs.of_file("x.md") == NO_CONFIG


@pytest.mark.parametrize(
    ("name", "text", "telling"),
    [
        ("daytona-validate.toml", "a = ", "cannot read daytona-validate.toml: "),
        ("daytona-validate.toml", "\udcff", "the file is not UTF-8 text"),
        ("daytona-validate.toml", "sesion = 1", "daytona-validate.toml has an unknown key"),
        ("pyproject.toml", "[tool.daytona-validate", "cannot read pyproject.toml: "),
        ("pyproject.toml", "[tool]\ndaytona-validate = 1\n", "accepts a table"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_it(name: str, text: str, telling: str) -> None:
    Path(name).write_bytes(text.encode(errors="surrogateescape"))
    write("x.md", "```py\n```\n")
    with pytest.raises(ConfigurationError, match=r"daytona-validate|UTF-8|pyproject") as error:
        list(collect(["."]))
    assert telling in str(error.value)


@pytest.mark.parametrize("text", ["{{ template }}", "tool = 1", "[tool]\nx = 'daytona-validate'"])
def test_a_pyproject_of_others_says_nothing(text: str) -> None:
    write("pyproject.toml", text)
    assert session_of("x.md") is None


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    write("daytona-validate.toml", "#" * (1024 * 1024 + 1))
    with pytest.raises(ConfigurationError, match="larger than"):
        session_of("x.md")


def test_snippets_carry_the_configuration_of_their_folder() -> None:
    write("pyproject.toml", PYPROJECT)
    write("a/daytona-validate.toml", 'session = "section"\nstrip = ["!!"]')
    for page in ("x.md", "a/x.md"):
        write(page, "```py\n*!*x!!\n```\n")
    found = [(each.config.session, each.snippet.code) for each in collect(["."])]
    assert found == [("section", "*!*x\n"), ("page", "x!!\n")]
    (on_stdin,) = collect(["-"], stdin=io.BytesIO(b"```py\n```\n"))
    assert on_stdin.config.session == "page"


def test_the_dialect_of_a_folder_counts_unless_an_option_says_another() -> None:
    write("daytona-validate.toml", 'dialect = "commonmark"')
    write("x.md", "!!! note\n\n    ```py\n    x\n    ```\n")
    assert list(collect(["x.md"])) == []
    (found,) = collect(["x.md"], options=CollectOptions(dialect=Dialect.MKDOCS))
    assert found.snippet.code == "x\n"


def test_a_file_is_named_in_full_where_the_working_folder_is_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("daytona-validate.toml", "")
    (folder / "gone").mkdir()
    monkeypatch.chdir("gone")
    (folder / "gone").rmdir()
    config = CourseConfigs().of_file(str(folder / "x.md"))
    assert config.source == str(folder / "daytona-validate.toml")


@pytest.mark.parametrize("name", ["daytona-validate.toml", "pyproject.toml"])
def test_a_configuration_that_leads_out_of_its_folder_is_not_read(folder: Path, name: str) -> None:
    write("course/x.md", "")
    write("theirs.toml", "secret_key = 1\n[tool.daytona-validate]\nsecret_key = 1")
    (folder / "course" / name).symlink_to(folder / "theirs.toml")
    with pytest.raises(ConfigurationError) as raised:
        CourseConfigs().of_file("course/x.md")
    assert str(raised.value) == f"cannot read course/{name}: the link leads out of the folder"
