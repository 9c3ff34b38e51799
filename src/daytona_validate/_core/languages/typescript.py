"""TypeScript's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages.javascript import NODE_ENVIRONMENT
from daytona_validate._core.languages.javascript_idle_tests import javascript_idle_tests
from daytona_validate._core.languages.record import Command, Language
from daytona_validate._core.languages.typescript_errors import diagnose
from daytona_validate._models import Stage

_SCRIPTS = "/opt/typescript"
_MEMORY = "{memory_mib}"

TYPESCRIPT = Language(
    name="typescript",
    title="TypeScript",
    aliases=("ts", "mts", "cts"),
    suffixes=(".ts", ".mts", ".cts"),
    image="node:18",
    entry_file="index.ts",
    toolchain="typescript",
    # The types first: what has a mistake in them is never run, though it mostly could be.
    steps=(
        Command(Stage.COMPILE, ("sh", f"{_SCRIPTS}/compile", _MEMORY)),
        Command(Stage.RUN, ("sh", f"{_SCRIPTS}/run")),
    ),
    check=(Command(Stage.CHECK, ("sh", f"{_SCRIPTS}/check", _MEMORY)),),
    environment=NODE_ENVIRONMENT,
    reserved_mib=512,  # as for JavaScript
    diagnose=diagnose,
    idle_tests=javascript_idle_tests,
)
