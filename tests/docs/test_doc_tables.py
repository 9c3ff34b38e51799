"""The tables of the README are what the code says. Run this file to write them anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import OUTCOME_TABLE, RESERVED
from daytona_validate._settings import Settings
from daytona_validate._settings.folder_rules import FROM_A_FOLDER, ONLY_REQUESTED
from daytona_validate._settings.names import key, variable

README = Path(__file__).parents[2] / "README.md"


def outcome_table() -> str:
    lines = ["| Outcome | Status | Fault | Exit code | What it means |", "| - | - | - | - | - |"]
    for row in (each for each in OUTCOME_TABLE if each.meaning != RESERVED):
        code = str(row.exit_code)
        if row.strict_exit_code != row.exit_code:
            code += f" (`--strict`: {row.strict_exit_code})"
        lines.append(f"| `{row.outcome}` | {row.status} | {row.fault} | {code} | {row.meaning} |")
    return "\n".join(lines) + "\n"


def language_table() -> str:
    lines = ["| Language | In fences | Files | Reference |", "| - | - | - | - |"]
    for each in LANGUAGES.values():
        names = ", ".join(f"`{name}`" for name in (each.name, *each.aliases))
        suffixes = ", ".join(f"`{suffix}`" for suffix in each.suffixes)
        lines.append(f"| {each.title} | {names} | {suffixes} | {each.image} |")
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    head = ("Environment variable", "In a folder's file", "Argument", "Default", "Meaning")
    rows = [head, ("-",) * len(head), *map(setting_row, Settings.model_fields)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def setting_row(field: str) -> tuple[str, ...]:
    info = Settings.model_fields[field]
    extra = info.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    default = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
    shown = f"`{default}` {unit}".strip() if info.default not in (None, {}) else ""
    in_folder = in_folder_cell(field, unit)
    return f"`{variable(field)}`", in_folder, f"`{field}`", shown, str(info.description)


def in_folder_cell(field: str, unit: str) -> str:
    if field in ONLY_REQUESTED:
        return f"`{key(field)}`, a warning"
    most = FROM_A_FOLDER.get(field)
    return "no" if most is None else f"`{key(field)}`, to {most:g} {unit}".strip()


TABLES: dict[str, Callable[[], str]] = {
    "languages": language_table,
    "outcomes": outcome_table,
    "settings": settings_table,
}


def place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- table: {name} -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_the_table_in_the_readme_is_that_of_the_code(name: str) -> None:
    found = place(name).search(README.read_text())
    assert found is not None
    assert found[2] == TABLES[name]()


if __name__ == "__main__":
    text = README.read_text()
    for each, table in TABLES.items():
        found = place(each).search(text)
        assert found is not None, each
        text = text[: found.start(2)] + table() + text[found.end(2) :]
    README.write_text(text)
