"""The program that runs JavaScript after earlier codes, by itself and without a sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._core.languages.diagnosis import Ending
from daytona_validate._core.languages.javascript_errors import diagnose

from .node_program import run_node, run_session

SHARED = {
    "const": (("const a = 1;",), "console.log(a)", "1"),
    "function": (("function f() { return 2 }",), "console.log(f())", "2"),
    "class": (("class A { m() { return 3 } }",), "console.log(new A().m())", "3"),
    "destructured": (("const { a, b: [c] } = { a: 4, b: [5] };",), "console.log(a, c)", "4 5"),
    "changed": (("let n = 1; const up = () => n++;",), "up(); n += 5; up(); console.log(n)", "8"),
    "awaited": (("const a = await Promise.resolve(6);",), "console.log(a)", "6"),
    "waited_for": (("let a; setTimeout(() => { a = 7 }, 500);",), "console.log(a)", "7"),
    "required": (("const path = require('path');",), "console.log(path.sep)", "/"),
    "before_a_failure": (("let a = 8;\nnobody();",), "console.log(a)", "8"),
    "before_an_exit": (("let a = 9; process.exit(1);",), "console.log(a)", "9"),
    "after_a_mistake": (("let a = ;", "let b = 1;"), "console.log(b)", "1"),
    "after_a_loop": (("for (;;) ;", "let b = 2;"), "console.log(b)", "2"),
    "after_a_promise_that_waits": (
        ("await new Promise(() => {});", "let b = 3;"),
        "console.log(b)",
        "3",
    ),
    "after_a_shebang": (("#!/usr/bin/env node\nlet a = 1;",), "console.log(a)", "1"),
    "in_a_module": (("const a = 1;",), "import fs from 'fs'; console.log(a)", "1"),
    "a_browser_name": (("const name = 'n', document = {};",), "console.log(name)", "n"),
}

QUICK_SHARED = {"function", "class", "changed", "after_a_mistake", "before_an_exit", "in_a_module"}
"""Each starts Node: the others are left to the thorough tests."""


@pytest.mark.parametrize(
    ("earlier", "code", "output"),
    [
        pytest.param(*case, id=name, marks=[] if name in QUICK_SHARED else [pytest.mark.thorough])
        for name, case in SHARED.items()
    ],
)
def test_snippet_finds_what_earlier_codes_made(
    tmp_path: Path, earlier: tuple[str, ...], code: str, output: str
) -> None:
    ended = run_session(tmp_path, *earlier, code=code)
    assert (ended.stdout, ended.stderr, ended.exit_code) == (f"{output}\n", "", 0)


DECLARED_AGAIN = {
    "const": ("const a = 1;", "const a = 2;"),
    "let_then_const": ("let a = 1;", "const a = 2;"),
    "const_then_let": ("const a = 1;", "let a = 2;"),
    "const_then_var": ("const a = 1;", "var a = 2;"),
    "var_then_const": ("var a = 1;", "const a = 2;"),
    "function_then_arrow": ("function a() {}", "const a = 2;"),
    "class_then_const": ("class a {}", "const a = 2;"),
    "function_then_destructured": ("function a() {}", "const { a, b } = { a: 2, b: 1 };"),
    "many_at_once": ("let a = 1, c = 1; function b() {}", "var b = 1;\nconst a = 2;\nvar c = 3;"),
}


@pytest.mark.parametrize("codes", DECLARED_AGAIN.values(), ids=DECLARED_AGAIN)
def test_name_may_be_declared_again(tmp_path: Path, codes: tuple[str, str]) -> None:
    ended = run_session(tmp_path, *codes, code="console.log(a)")
    assert ended.stdout == "2\n"
    assert [each["passed"] for each in ended.earlier] == [True, True]
    ended = run_session(tmp_path, *codes, code="let a = 3; { function b() {} } console.log(a)")
    assert ended.stdout == "3\n"


@pytest.mark.parametrize(
    "again", ["function a() { return 2 }", "class a { static x = 2 }"], ids=["function", "class"]
)
def test_function_and_class_may_take_a_name_again(tmp_path: Path, again: str) -> None:
    ended = run_session(tmp_path, "const a = 1;", again, code="console.log(a.x ?? a())")
    assert (ended.stdout, ended.stderr) == ("2\n", "")


MODULE_CODE = """\
import fs, { readFileSync as read } from 'fs';
import * as path from "node:path"
import
  {
    join,  // joins
    sep as separator,
  } from 'path';
import 'node:os';
export const said = `
import nothing from "nowhere"
export default 1`;
export default function greet() { return said.length }
export { join, separator };
export class Shown { where = import.meta.url }
const os = await import('node:os');
"""


def test_imports_and_exports_of_earlier_codes_are_taken(tmp_path: Path) -> None:
    code = """
        console.log(fs.readFileSync === read, path.join === join, separator, greet(), os.EOL.length)
        console.log(new Shown().where.slice(0, 8), said.split('\\n')[1])
    """
    ended = run_session(tmp_path, MODULE_CODE, code=code)
    assert ended.stderr == ""
    assert ended.stdout == 'true true / 47 1\nfile:/// import nothing from "nowhere"\n'


def test_earlier_code_is_told_apart(tmp_path: Path) -> None:
    ended = run_session(
        tmp_path,
        "console.log('out'); console.error('err');",
        "console.log('before');\n\nnobody();",
        "let a;\nimport { b } from 'nopackage';\n",
        "let x = ;",
        "require('nothing/there');",
        "throw 5",
        "let y = 1;\nPromise.reject(new TypeError('lost'));",
        "setTimeout(() => {\n  late();\n}, 100);",
        code="console.log('own')",
    )
    assert (ended.stdout, ended.stderr, ended.exit_code) == ("own\n", "", 0)
    first, second, *_ = ended.earlier
    assert first == {"code": 1, "passed": True, "stdout": "out\n", "stderr": "err\n"}
    assert (second["code"], second["stdout"]) == (2, "before\n")
    found = [_diagnosed(each) for each in ended.earlier[1:]]
    assert [each[:2] for each in found] == [
        ("ReferenceError: nobody is not defined", 3),
        (found[1][0], 2),
        ("SyntaxError: Unexpected token ';'", 1),
        ("Error: Cannot find module 'nothing/there'", 1),
        ("Uncaught 5", 1),
        ("TypeError: lost", 2),
        ("ReferenceError: late is not defined", 2),
    ]
    assert (found[1][2], found[3][2]) == ("nopackage", "nothing")


def _diagnosed(said: dict[str, object]) -> tuple[str, int | None, str | None]:
    ending = Ending(
        text=str(said["failure"]), entry_file=f".earlier-{said['code']:04}.js", exit_code=1
    )
    diagnosis = diagnose(ending)
    assert diagnosis is not None
    assert diagnosis.is_uncaught
    return diagnosis.message, diagnosis.line, diagnosis.missing_module


EXIT_CODES = {
    "left": "process.exitCode = 7;",
    "by_a_listener": "process.on('exit', () => { process.exitCode = 7 });",
    "by_a_listener_that_ends": "process.once('exit', (code) => process.exit(code + 7));",
    "left_before_an_exit": "process.exitCode = 7; process.exit();",
    "of_an_exit_changed": (
        "process.on('exit', (code) => { process.exitCode = code + 4 }); process.exit(3)"
    ),
}


@pytest.mark.parametrize("earlier", EXIT_CODES.values(), ids=EXIT_CODES)
def test_exit_code_is_of_the_code_that_left_it(tmp_path: Path, earlier: str) -> None:
    ended = run_session(tmp_path, earlier, "let a = 1", code="console.log(a, process.exitCode)")
    assert (ended.stdout, ended.stderr, ended.exit_code) == ("1 undefined\n", "", 0)
    first, second = ended.earlier
    assert (first["passed"], first.get("failure")) == (False, "process.exit(7)")
    assert second["passed"]


def test_what_a_listener_for_the_exit_throws_fails_its_code(tmp_path: Path) -> None:
    earlier = "process.on('exit', () => {\n  nobody();\n});"
    ended = run_session(tmp_path, earlier, "process.exit(0)", code="console.log(1)")
    assert (ended.stdout, ended.exit_code) == ("1\n", 0)
    assert _diagnosed(ended.earlier[0])[:2] == ("ReferenceError: nobody is not defined", 2)
    assert ended.earlier[1]["passed"]


def test_output_of_earlier_codes_is_bounded(tmp_path: Path) -> None:
    flood = "for (let i = 0; i < 3000; i++) console.log('x'.repeat(1000));"
    ended = run_session(tmp_path, flood, code="console.log('own')")
    assert len(ended.earlier[0]["stdout"]) == 8 * 1024
    assert ended.stdout == "own\n"


ALONE = {
    "error": "\nnull.x;",
    "thrown": "throw 'no';",
    "syntax": "let a = 1;\nlet = ;",
    "rejected": "Promise.reject(new Error('no'));",
    "exit": "process.exit(3);",
    "exit_code": "process.exitCode = 4; console.log(process.exitCode)",
    "module": "import fs from 'fs';\nfs.nothing();",
    "module_with_require": "import fs from 'fs';\nrequire('path');",
    "unsettled": "import fs from 'fs';\nawait new Promise(() => {});",
    "main": "console.log(require.main === module, __filename, process.argv.length)",
    "cache": "console.log(Object.keys(require.cache), module.children, process.execArgv)",
    "environment": "console.log(process.env.SESSION_SEAL, process.cwd(), Object.keys(globalThis))",
    "folder": "console.log(require('fs').readdirSync('.'))",
    "timers": "setTimeout(() => console.log('late'), 5); setTimeout(() => console.log(1), 1)",
    "timer_names": "console.log(setTimeout.name, setInterval === require('timers').setInterval)",
    "listeners": "console.log(process.eventNames(), process.listenerCount('exit'))",
    "before_exit": "process.once('beforeExit', () => console.log('ends'))",
    "stdin": "process.stdin.on('data', (data) => console.log(String(data)))",
    "stdin_by_number": "console.log(require('fs').readFileSync(0, 'utf8'))",
}
UNTIDY = """\
process.on('exit', () => console.log('exits'));
process.on('uncaughtException', () => {});
setInterval(() => console.log('tick'), 100);
require('http').createServer().listen(0);
process.exitCode = 9;
process.chdir('/');
process.stdin.on('data', () => {});
"""

QUICK_ALONE = {"error", "exit_code", "module", "unsettled", "environment", "timers", "stdin"}
"""Each starts Node twice: the others are left to the thorough tests."""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(case, id=name, marks=[] if name in QUICK_ALONE else [pytest.mark.thorough])
        for name, case in ALONE.items()
    ],
)
def test_snippet_behaves_as_alone(tmp_path: Path, code: str) -> None:
    ended = run_session(tmp_path, UNTIDY, code=code, stdin="given")
    alone = run_node(tmp_path, "index.js", "an argument", stdin="given")
    assert ended.stdout == alone.stdout
    assert ended.exit_code == alone.returncode
    assert _without_frames(ended.stderr) == _without_frames(alone.stderr)


def _without_frames(text: str) -> list[str]:
    lines = text.split("\n")
    return [line for line in lines if not line.startswith("    at ") or "index.js" in line]


def test_seal_is_hidden_from_earlier_codes(tmp_path: Path) -> None:
    ended = run_session(tmp_path, "let seen = process.env.SESSION_SEAL;", code="console.log(seen)")
    assert ended.stdout == "undefined\n"
