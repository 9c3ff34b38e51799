"""Settings: the only readers of the environment, of `.env` and of pyproject.toml."""

from daytona_validate._settings.model import Settings as Settings
