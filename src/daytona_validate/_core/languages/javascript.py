"""JavaScript's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages import javascript_errors
from daytona_validate._core.languages.javascript_idle_tests import unrun_tests
from daytona_validate._core.languages.node_tests import ran_tests
from daytona_validate._core.languages.record import Command, Language
from daytona_validate._models import Stage

_PRELOADED = ("whole-output", "small-workers")
NODE_ENVIRONMENT = {
    "NODE_NO_WARNINGS": "1",
    "NODE_OPTIONS": " ".join(f"--require=/opt/node-snippet/{each}.cjs" for each in _PRELOADED),
}
"""For every program that runs in Node. The files tell what they are for."""

WHOLE_TESTS = "--require=/opt/node-snippet/whole-tests.cjs"
"""For runs of tests: node:test runs them by itself, and this sees to it that it runs all."""

JAVASCRIPT = Language(
    name="javascript",
    title="JavaScript",
    aliases=("js", "node", "nodejs", "mjs", "cjs"),
    suffixes=(".js", ".mjs", ".cjs"),
    image="node:18",
    entry_file="index.js",
    toolchain="node",
    steps=(Command(Stage.RUN, ("node", "index.js")),),
    test_steps=(Command(Stage.RUN, ("node", WHOLE_TESTS, "index.js")),),
    ran_tests=ran_tests,
    check=(Command(Stage.CHECK, ("node", "--check", "index.js")),),
    environment=NODE_ENVIRONMENT,
    reserved_mib=512,  # V8's range for compiled code on x64 (Node 24)
    diagnose=javascript_errors.diagnose,
    unrun_tests=unrun_tests,
)
