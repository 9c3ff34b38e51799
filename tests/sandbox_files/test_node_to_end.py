"""The program that runs JavaScript to its end, without a sandbox: what a program replaces first."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._core.reached_end import FILE

from .node_program import FOLDER, run_node

_SAID = "reached 5ec2e7\n"
_LEAVE = "process.emit('beforeExit');\nprocess.exit(0);\nthrow new Error();\n"
_FRAMES = "const frames = 'Error' + '\\n    at x (node:events:1:1)'.repeat(4);\n"

EARLY_ENDS = {
    "then and every": "import 'node:fs';\nPromise.prototype.then = function (f) { if (f) f(); };\n"
    "Array.prototype.every = () => true;\n",
    "exec and test": "RegExp.prototype.exec = () => [''];\nRegExp.prototype.test = () => true;\n"
    "String.prototype.endsWith = () => true;\n",
    "stacks": f"{_FRAMES}Reflect.set = () => true;\nObject.defineProperty(Error, "
    "'prepareStackTrace', { get: () => () => frames, set() {} });\n",
    "a stack for ever": f"{_FRAMES}Object.defineProperty(Error, 'prepareStackTrace', "
    "{ value: () => frames });\n",
    "another Error": f"{_FRAMES}globalThis.Error = class {{\n"
    "  static prepareStackTrace = () => frames;\n};\n",
}
GOOD = {
    "script": "setTimeout(() => console.log('done'), 1);\n",
    "module": "import 'node:fs';\nawait 1;\nconsole.log('done');\n",
    "its own stacks": "Error.prepareStackTrace = () => 'x';\nconsole.log('done');\n",
}


@pytest.mark.slow
def test_what_a_program_replaces_does_not_say_that_it_reached_its_end(tmp_path: Path) -> None:
    early = {name: _ran(tmp_path, code + _LEAVE) for name, code in EARLY_ENDS.items()}
    assert early == dict.fromkeys(EARLY_ENDS, ("", ""))
    good = {name: _ran(tmp_path, code) for name, code in GOOD.items()}
    assert good == dict.fromkeys(GOOD, ("done\n", _SAID))


def _ran(folder: Path, code: str) -> tuple[str, str]:
    (folder / FILE).write_text("5ec2e7")
    name = "a.mjs" if code.startswith("import") else "a.js"
    (folder / name).write_text(code)
    ran = run_node(folder, f"{FOLDER}/run-to-end.cjs", name)
    return ran.stdout, ran.stderr
