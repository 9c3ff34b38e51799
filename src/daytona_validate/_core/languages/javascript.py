"""JavaScript's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages import javascript_errors
from daytona_validate._core.languages.javascript_idle_tests import unrun_tests
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import NODE_MISSING
from daytona_validate._core.tests_account import LISTENING_SEALED, SEALED
from daytona_validate._models import Snippet, Stage

_PRELOADED = ("whole-output", "small-workers")
NODE_ENVIRONMENT = {
    "NODE_NO_WARNINGS": "1",
    "NODE_OPTIONS": " ".join(f"--require=/opt/node-snippet/{each}.cjs" for each in _PRELOADED),
}
"""For every program that runs in Node; each of the files says what it is for."""


def node_variables(snippet: Snippet) -> tuple[str, ...]:
    """Return what else is loaded: for blocks, which may be meant for a browser, and for servers."""
    wanted = (("dialogs", snippet.is_block), ("until-listening", snippet.until_listening))
    more = " ".join(f"--require=/opt/node-snippet/{name}.cjs" for name, is_on in wanted if is_on)
    if not more:
        return ()
    sealed = (LISTENING_SEALED,) if snippet.until_listening else ()
    return (f"NODE_OPTIONS={NODE_ENVIRONMENT['NODE_OPTIONS']} {more}", *sealed)


NODE_TESTS = (
    "--require=/opt/node-snippet/whole-tests.cjs",
    *("--test-reporter=tap", "--test-reporter-destination=stdout"),
    *("--test-reporter=/opt/node-snippet/count-tests.cjs", "--test-reporter-destination=stderr"),
)
"""For runs of tests: node:test runs them by itself, and this has it run all and count them. Node 18
to 24 take it as arguments and from NODE_OPTIONS. A reporter of one's own replaces Node's, so that
is named as well."""

NODE_SESSION = "/opt/node-snippet/session.cjs"
"""Runs earlier codes, and then the program that is named after it."""

JAVASCRIPT = Language(
    name="javascript",
    title="JavaScript",
    aliases=("js", "node", "nodejs", "mjs", "cjs"),
    suffixes=(".js", ".mjs", ".cjs"),
    image="node:18",
    entry_file="index.js",
    toolchain="node",
    steps=(Command(Stage.RUN, ("node", "index.js")),),
    test_steps=(Command(Stage.RUN, ("env", SEALED, "node", *NODE_TESTS, "index.js")),),
    session_steps=(Command(Stage.RUN, ("node", NODE_SESSION, "index.js")),),
    end_steps=(Command(Stage.RUN, ("node", "/opt/node-snippet/run-to-end.cjs", "index.js")),),
    check=(Command(Stage.CHECK, ("node", "--check", "index.js")),),
    environment=NODE_ENVIRONMENT,
    variables=node_variables,
    reserved_mib=512,  # V8's range for compiled code on x64 (Node 24)
    diagnose=javascript_errors.diagnose,
    missing_patterns=NODE_MISSING,
    unrun_tests=unrun_tests,
)
