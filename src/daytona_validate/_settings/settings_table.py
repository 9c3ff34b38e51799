"""The table of settings for the documentation, made from the settings themselves."""

from __future__ import annotations

from daytona_validate._settings.folder_rules import FROM_A_FOLDER, WISHES
from daytona_validate._settings.model import Settings
from daytona_validate._settings.names import key, variable

_HEAD = ("Environment variable", "In a folder's file", "Argument", "Default", "Meaning")


def settings_table() -> str:
    """Return all settings as a table in Markdown, each line ended."""
    rows = [_HEAD, tuple("-" for _ in _HEAD), *(_row(field) for field in Settings.model_fields)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(field: str) -> tuple[str, ...]:
    info = Settings.model_fields[field]
    extra = info.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    default = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
    shown = f"`{default}` {unit}".strip() if info.default not in (None, {}) else ""
    in_folder = _in_folder(field, unit)
    return f"`{variable(field)}`", in_folder, f"`{field}`", shown, str(info.description)


def _in_folder(field: str, unit: str) -> str:
    if field in WISHES:
        return f"`{key(field)}`, a wish"
    most = FROM_A_FOLDER.get(field)
    return "no" if most is None else f"`{key(field)}`, to {most:g} {unit}".strip()
