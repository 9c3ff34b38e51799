"""A session of Node in which earlier code ends the process, or keeps the snippet from running."""

from __future__ import annotations

from pathlib import Path

import pytest

from .node_program import run_session

pytestmark = pytest.mark.slow
_LATE = "setTimeout(() => { throw new Error('late') }, 1500); let half = 1"
_AT_ONCE = "console.log('half'); throw new Error('late')"
_ATTACKS = {
    "a_timer_that_nobody_sees": (
        "require('node:timers').setTimeout(() => process.exit(0), 500)",
        _LATE,
    ),
    "a_timer_that_skips_what_is_called_then": (
        "require('node:timers').setTimeout(() => process.reallyExit(0), 500)",
        _LATE,
    ),
    "a_timer_that_calls_nothing_else": (
        (
            "require('node:timers').setImmediate(() => require('node:timers').setTimeout("
            "() => setImmediate(process.exit, 0), 500))"
        ),
        _LATE,
    ),
    "a_function_that_the_snippet_calls": ("console.log = () => process.exit(0)", _AT_ONCE),
    "another_file": ("require('node:fs').writeFileSync('index.js', '')", _AT_ONCE),
    "another_reader_of_files": ("require('node:fs').readFileSync = () => ''", _AT_ONCE),
    "another_loader": ("require('node:module').runMain = () => {}", _AT_ONCE),
    "another_way_to_load": ("require('node:module')._extensions['.js'] = () => {}", _AT_ONCE),
    "a_loaded_module": (
        (
            "require.cache[__filename] = Object.assign(new module.constructor(__filename),"
            " { loaded: true })"
        ),
        _AT_ONCE,
    ),
    "who_takes_every_error": (
        "process.setUncaughtExceptionCaptureCallback(() => {})",
        _AT_ONCE,
    ),
    "who_says_that_it_was_handled": (
        (
            "const { emit } = process; process.emit = function (name, ...others) {"
            " return name === 'uncaughtException' || emit.call(this, name, ...others) }"
        ),
        _AT_ONCE,
    ),
    "what_lies_in_the_folder": (
        (
            "const fs = require('node:fs');\n"
            "const lies = fs.readdirSync('.').map((each) => fs.readFileSync(each, 'utf8'));\n"
            "require('node:timers').setTimeout(() => {\n"
            " for (const each of lies) fs.writeSync(2, `ended ${each}\\n`); process.exit(0) }, 500)"
        ),
        _LATE,
    ),
}


@pytest.mark.parametrize(("earlier", "code"), _ATTACKS.values(), ids=_ATTACKS)
def test_no_earlier_code_makes_a_snippet_pass(tmp_path: Path, earlier: str, code: str) -> None:
    ended = run_session(tmp_path, earlier, code=code)
    assert (ended.exit_code, ended.is_told) != (0, True)


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        ("console.log(half)", "index.js"),
        ("process.exit()", "index.js"),
        ("setTimeout(() => process.exit(0), 20); setTimeout(() => {}, 5000)", "index.js"),
        ("(async () => { await null; process.exit(0) })()", "index.js"),
        ("Promise.resolve().then(() => process.exit(0))", "index.js"),
        ("process.on('SIGTERM', () => {}).exitCode = 0", "index.js"),
        ("await null; process.exit(0)", "index.mjs"),
        ("import 'node:fs'; console.log(await half)", "index.mjs"),
    ],
)
def test_a_snippet_that_leaves_by_itself_is_told(tmp_path: Path, code: str, entry: str) -> None:
    ended = run_session(tmp_path, "let half = 1", code=code, entry=entry)
    assert (ended.exit_code, ended.is_told, ended.stderr) == (0, True, "")
