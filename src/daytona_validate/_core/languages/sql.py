"""SQL's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import SQL_MISSING
from daytona_validate._core.languages.sql_errors import diagnose
from daytona_validate._models import Stage

_STEPS = (
    Command(Stage.SETUP, ("sh", "/opt/postgres-scripts/start-server")),
    Command(Stage.RUN, ("sh", "/opt/postgres-scripts/run-script")),
)

SQL = Language(
    name="sql",
    title="SQL (PostgreSQL)",
    aliases=("postgres", "postgresql", "psql", "pgsql", "plpgsql"),
    suffixes=(".sql", ".psql", ".pgsql"),
    image="postgres:15",
    entry_file="query.sql",
    toolchain="postgres",
    steps=_STEPS,
    end_steps=_STEPS,  # the script itself is told by the secret
    session_code="/proc/self/fd/3",
    session_steps=(
        Command(Stage.SETUP, ("sh", "/opt/postgres-scripts/start-server")),
        Command(Stage.RUN, ("sh", "/opt/postgres-scripts/run-session")),
    ),
    environment={
        "PGHOST": "/tmp",  # noqa: S108 - the sandbox's own; the server's socket is there
        # As in the image: whoever learns SQL makes databases, roles and extensions, and there
        # is nothing in a sandbox that a superuser could harm but the sandbox.
        "PGUSER": "postgres",
        "PGDATABASE": "postgres",
    },
    diagnose=diagnose,
    missing_patterns=SQL_MISSING,
)
