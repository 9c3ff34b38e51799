"""TypeScript's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages.javascript import (
    NODE_ENVIRONMENT,
    NODE_TESTS,
    node_variables,
)
from daytona_validate._core.languages.javascript_idle_tests import unrun_tests
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import TYPESCRIPT_MISSING
from daytona_validate._core.languages.typescript_declared import only_declares
from daytona_validate._core.languages.typescript_errors import diagnose
from daytona_validate._core.tests_account import SEALED
from daytona_validate._models import Stage

_SCRIPTS = "/opt/typescript"
_MEMORY = "{memory_mib}"
_COMPILE = Command(Stage.COMPILE, ("sh", f"{_SCRIPTS}/compile", _MEMORY))
_RUN = ("sh", f"{_SCRIPTS}/run")
_NODE_TESTS = f"NODE_OPTIONS={' '.join((NODE_ENVIRONMENT['NODE_OPTIONS'], *NODE_TESTS))}"

TYPESCRIPT = Language(
    name="typescript",
    title="TypeScript",
    aliases=("ts", "mts", "cts"),
    suffixes=(".ts", ".mts", ".cts"),
    image="node:18",
    entry_file="index.ts",
    toolchain="typescript",
    # The types first: what has a mistake in them is never run, though it mostly could be.
    steps=(_COMPILE, Command(Stage.RUN, _RUN)),
    test_steps=(_COMPILE, Command(Stage.RUN, ("env", SEALED, _NODE_TESTS, *_RUN))),
    session_steps=(
        Command(Stage.COMPILE, ("sh", f"{_SCRIPTS}/compile", _MEMORY, "check-session")),
        Command(Stage.RUN, ("sh", f"{_SCRIPTS}/run-session")),
    ),
    end_steps=(_COMPILE, Command(Stage.RUN, ("sh", f"{_SCRIPTS}/run-to-end"))),
    check=(Command(Stage.CHECK, ("sh", f"{_SCRIPTS}/check", _MEMORY)),),
    environment=NODE_ENVIRONMENT,
    variables=node_variables,
    reserved_mib=512,  # as for JavaScript
    diagnose=diagnose,
    only_declares=only_declares,
    missing_patterns=TYPESCRIPT_MISSING,
    unrun_tests=unrun_tests,
)
