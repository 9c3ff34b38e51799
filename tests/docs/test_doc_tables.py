"""The tables of the documentation are what the code says. To write them anew:

PYTHONPATH=tests/shared python tests/docs/test_doc_tables.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import OUTCOME_TABLE
from daytona_validate._core.summary import Tally
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Limits,
    Location,
    LostBytes,
    Missing,
    Reason,
    Snippet,
    Timings,
    Usage,
)
from daytona_validate._observe.counts import Stats
from daytona_validate._observe.events import Event, EventKind
from daytona_validate._settings import Settings
from daytona_validate._settings.folder_rules import FROM_A_FOLDER, ONLY_REQUESTED
from daytona_validate._settings.names import key, variable
from daytona_validate._snippet_request import SnippetRequest
from documented import ROOT, table, write_table
from field_tables import field_table, member_table
from for_each import for_each

CLASSES = (
    Snippet,
    Limits,
    CodeValidationResult,
    Usage,
    Timings,
    LostBytes,
    Missing,
    EarlierRun,
    Location,
)

DOCS = ROOT / "docs"


def outcome_table() -> str:
    lines = ["| Outcome | Status | Fault | Exit code | What it means |", "| - | - | - | - | - |"]
    for row in OUTCOME_TABLE:
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
    head = (
        "Environment variable",
        "In a folder's file",
        "Field of `Settings`",
        "Default",
        "Meaning",
    )
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


def request_table() -> str:
    """Return the fields of a request, from the schema that clients see."""
    schema = SnippetRequest.model_json_schema()
    lines = ["| Field | Default | At most | Meaning |", "| - | - | - | - |"]
    for name, about in schema["properties"].items():
        kinds = about.get("anyOf", [about])
        most = next((each[key] for each in kinds for key in BOUNDS if key in each), None)
        unit = BOUNDS[next(key for key in BOUNDS if any(key in each for each in kinds))]
        default = "required" if name in schema["required"] else ""
        lines.append(f"| `{name}` | {default} | {most:.0f} {unit} | {about['description']} |")
    return "\n".join(lines) + "\n"


BOUNDS = {"maxLength": "characters", "maximum": "seconds", "maxProperties": "files"}

TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "languages": ("languages.md", language_table),
    "outcomes": ("reference.md", outcome_table),
    "settings": ("reference.md", settings_table),
    "SnippetRequest": ("reference.md", request_table),
    "Reason": ("reference.md", partial(member_table, Reason)),
    "EventKind": ("operations.md", partial(member_table, EventKind)),
    "Event": ("operations.md", partial(field_table, Event)),
    "Stats": ("operations.md", partial(field_table, Stats)),
    **{kind.__name__: ("reference.md", partial(field_table, kind)) for kind in CLASSES},
}


@for_each("name", TABLES)
def test_the_table_of_a_page_is_that_of_the_code(name: str) -> None:
    page, of_code = TABLES[name]
    assert table(DOCS / page, name) == of_code()


def test_each_field_of_the_summary_has_its_row() -> None:
    text = (DOCS / "reference.md").read_text()
    rows = text.partition("| Field of the summary |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in rows.splitlines()[2:]))
    assert named == ["type", "schema_version", *Tally().summary(1.0).to_dict()]


if __name__ == "__main__":
    for each, (page, of_code) in TABLES.items():
        write_table(DOCS / page, each, of_code())
