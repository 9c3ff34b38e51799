"""Settings of which only some are given: they read no environment and no file."""

from __future__ import annotations

from daytona_validate._settings.model import Settings, settings_of
from daytona_validate._settings.variables import Layer


def plain_settings(**values: object) -> Settings:
    """Return settings that are the defaults but for what is given."""
    return settings_of((Layer("a test", values),))
