"""CONTRIBUTING's map of the code and its table of sessions are complete and true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "daytona_validate"
SECTION = re.compile(r"^## Where things are$(.*?)^## ", re.MULTILINE | re.DOTALL)


def parts_on_the_map() -> list[str]:
    """Return what the first column names, from top to bottom: files, and folders with a slash."""
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text())
    assert section, "CONTRIBUTING.md has no section «Where things are»"
    rows = re.findall(r"^\| (`.*?) \|", section[1], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(.+?)`", row)]


def parts_of_the_code() -> set[str]:
    """Return the package's top-level modules, and its packages at any depth."""
    modules = {path.name for path in PACKAGE.glob("*.py")} - {"__init__.py"}
    folders = {path.parent.relative_to(PACKAGE) for path in PACKAGE.rglob("__init__.py")}
    return modules | {f"{folder}/" for folder in folders if folder != Path()}


def test_each_package_and_top_level_module_is_on_the_map_once() -> None:
    on_the_map = parts_on_the_map()
    assert sorted(on_the_map) == sorted(parts_of_the_code())


def test_the_map_goes_down_the_layers_as_the_imports_do() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (layers,) = (
        each["layers"] for each in contracts["contracts"] if each["name"] == "Data flows one way"
    )
    floor = {
        name.strip(" ()"): -number
        for number, layer in enumerate(layers)
        for name in layer.split("|")
    }
    floors = [floor[re.split(r"[./]", part)[0]] for part in parts_on_the_map()]
    assert floors == sorted(floors, reverse=True)


def test_each_name_of_the_glossary_is_in_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    glossary = text[text.index("## Glossary") : text.index("## Add a language")]
    ours = "".join(re.findall(r"^\|(.+?)\|", glossary, re.MULTILINE))
    code = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    names = re.findall(r"`(\w+)`", ours)
    assert len(names) > 10
    assert [name for name in names if not re.search(rf"(class|def) {name}\b", code)] == []


def test_each_session_of_nox_has_its_line() -> None:
    sessions = re.findall(
        r"^@nox\.session.*\ndef (\w+)", (ROOT / "noxfile.py").read_text(), re.MULTILINE
    )
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = text[text.index("| session |") : text.index("\n\n", text.index("| session |"))]
    assert sorted(sessions) == sorted(re.findall(r"^\| `([a-z_]+)", table, re.MULTILINE))


def test_the_hook_and_the_checks_have_the_same_ruff() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"ruff-pre-commit\n\s+rev: v(.+)", hooks) == re.findall(
        r'"ruff==([\d.]+)"', (ROOT / "pyproject.toml").read_text()
    )
