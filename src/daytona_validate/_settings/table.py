"""The table of settings for the documentation, made from the settings themselves."""

from __future__ import annotations

from daytona_validate._settings.model import Settings
from daytona_validate._settings.names import key, variable
from daytona_validate._settings.sources import NEVER_FROM_PYPROJECT

_HEAD = ("Environment variable", "In pyproject.toml", "Argument", "Default", "Meaning")


def settings_table() -> str:
    """Return all settings as a table in Markdown, each line ended."""
    rows = [_HEAD, tuple("-" for _ in _HEAD), *(_row(field) for field in Settings.model_fields)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(field: str) -> tuple[str, ...]:
    info = Settings.model_fields[field]
    extra = info.json_schema_extra
    unit = str(extra["unit"]) if isinstance(extra, dict) else ""
    in_table = "no" if field in NEVER_FROM_PYPROJECT else f"`{key(field)}`"
    default = f"{info.default:g}" if isinstance(info.default, float) else str(info.default)
    shown = f"`{default}` {unit}".strip() if info.default not in (None, {}) else ""
    return f"`{variable(field)}`", in_table, f"`{field}`", shown, str(info.description)
