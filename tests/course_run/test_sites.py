"""Where the site of a page is, and what is read of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._course_run.site import Site
from daytona_validate._course_run.sites import Sites

IMPORTS = "```python\nfrom parcels import Box\n```\n" * 4
CONF = "doctest_global_setup = 'import parcels'\n"
CONFTEST = "def pytest_names(doctest_namespace):\n    doctest_namespace['rate'] = 3\n"


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def of(page: Path, *, allows_files: bool = True) -> Site:
    return Sites(allows_files=allows_files).of(str(page))


def named(site: Site, language: str = "python") -> tuple[str, bool] | None:
    found = site.imports.get(language)
    return None if found is None else (found.module, found.is_named)


def test_a_project_names_its_package_and_its_pages_import_it(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml='[project]\nname = "parcels"\n', README__md=IMPORTS)
    write(tmp_path / "docs" / "more", conf__py="", post__md="```python\nimport parcels.post\n```")
    write(tmp_path / "docs" / ".hidden", a__md="from parcels import Hidden\n" * 9)
    site = of(tmp_path / "docs" / "more" / "post.md")
    assert named(site) == ("parcels", True)
    assert site.imports["python"].statements["parcels"] == "import parcels.post"
    assert {*site.imports["python"].statements} == {"Box", "parcels"}
    assert of(tmp_path / "README.md").imports == site.imports


@pytest.mark.parametrize(
    ("name", "text", "language", "found"),
    [
        ("package.json", '{"name": "parcels"}', "javascript", ("parcels", True)),
        ("package.json", '{"name": "parcels"}', "typescript", ("parcels", True)),
        ("package.json", '{"name": 1}', "javascript", None),
        ("package.json", "[]", "javascript", None),
        ("package.json", "{", "javascript", None),
        ("pyproject.toml", '[tool.poetry]\nname = "parcels"\n', "python", ("parcels", True)),
        ("pyproject.toml", 'tool = 1\n[project]\nname = ""\n', "python", None),
        ("pyproject.toml", "[", "python", None),
        ("setup.cfg", "", "python", None),
    ],
)
def test_what_names_a_package(
    tmp_path: Path, name: str, text: str, language: str, found: tuple[str, bool] | None
) -> None:
    write(tmp_path, README__md="import parcels\nimport { Box } from 'parcels';\n")
    (tmp_path / name).write_text(text)
    assert named(of(tmp_path / "README.md"), language) == found


def test_without_a_project_a_site_is_the_topmost_folder_of_pages(tmp_path: Path) -> None:
    write(tmp_path / "site", index__md=IMPORTS)
    write(tmp_path / "site" / "guide", post__md="", broken__md="\0")
    (tmp_path / "site" / "guide" / "latin.md").write_bytes(b"\xff")
    write(tmp_path / "other", index__md="import scales\n" * 99)
    site = of(tmp_path / "site" / "guide" / "post.md")
    assert named(site) == ("parcels", False)
    assert named(of(tmp_path / "gone" / "post.md")) is None


def test_the_users_own_folder_is_no_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, package__json='{"name": "parcels"}', notes__md="import scales\n" * 99)
    write(tmp_path / "site", index__md=IMPORTS)
    assert named(of(tmp_path / "site" / "index.md")) == ("parcels", False)
    assert named(of(tmp_path / "notes.md")) == ("scales", False)


def test_a_link_out_of_the_site_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", secret__md=IMPORTS, conf__py=CONF)
    write(tmp_path / "site", index__md="")
    for name in ("secret.md", "conf.py"):
        (tmp_path / "site" / name).symlink_to(tmp_path / "elsewhere" / name)
    site = of(tmp_path / "site" / "index.md")
    assert (named(site), site.doctests.code) == (None, "")


def test_the_tests_of_a_site_are_read_where_its_files_may_be_handed_over(tmp_path: Path) -> None:
    write(tmp_path, setup__py="", conftest__py=CONFTEST)
    write(tmp_path / "docs", conf__py=CONF, conftest__py=CONFTEST.replace("3", "4"))
    write(tmp_path / "docs" / "guide", post__md="")
    page = tmp_path / "docs" / "guide" / "post.md"
    assert of(page).doctests.code == "import parcels"
    assert of(page).doctests.names == {"rate": "rate = 4"}
    assert of(page, allows_files=False).doctests == Site().doctests
    assert not Sites.has_any({"sql", "go"})
    assert Sites.has_any({"sql", "typescript"})


def test_the_names_of_its_files_are_known(tmp_path: Path) -> None:
    write(tmp_path / "docs", a__md="", fares__csv="", _hidden="")
    (tmp_path / "docs" / ".secret.csv").write_text("")
    site = of(tmp_path / "docs" / "a.md")
    assert site.files == {"a.md", "a", "fares.csv", "fares", "_hidden"}
