"""Programs that must reach their end, in real sandboxes: each way to end early is no pass."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from daytona_validate import Outcome, Snippet
from daytona_validate.testing import ran

from .at_once import Told, results_of
from .conftest import REAL, NewCase

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]  # the first use prepares a toolchain

_GO = 'package main\n\nimport "{}"\n\nfunc main() {{\n\t{}\n}}\n'
_JAVA = "class A {{ public static void main(String[] a) throws Exception {{ {} }} }}"
EARLY_ENDS: Mapping[str, Mapping[str, str]] = {
    "python": {
        "exit": "import sys\nsys.exit(0)\nassert False",
        "os._exit": "import atexit, os\natexit.register(os._exit, 0)\nassert False",
    },
    "javascript": {
        "exit": "process.exit(0);\nthrow new Error();",
        "really": "process.reallyExit(0);",
        "handler": "process.on('uncaughtException', () => {});\nthrow new Error();",
        "rejection": "process.on('unhandledRejection', () => {});\n(async () => { throw 1; })();",
        "exit handler": "process.on('exit', () => process.reallyExit(0));\nthrow new Error();",
        "event": "process.emit('beforeExit', 0);\nprocess.exit(0);",
        "listeners": "for (const on of process.listeners('beforeExit')) on();\nprocess.exit(0);",
        "event later": "setTimeout(() => {\n  process.emit('beforeExit', 0);\n"
        "  setTimeout(() => process.exit(0), 50);\n}, 1);",
        "listeners later": "Object.defineProperty(Error, 'stackTraceLimit', { value: 0 });\n"
        "setTimeout(() => {\n  for (const on of process.listeners('beforeExit')) on();\n"
        "  setTimeout(() => process.exit(0), 50);\n}, 1);",
        "replaced": "import fs from 'node:fs';\nPromise.prototype.then = function (f) {\n"
        "  if (f) f();\n  return this;\n};\nArray.prototype.every = () => true;\n"
        "process.emit('beforeExit');\nprocess.exit(0);",
        "loaded": "require.main.loaded = true;\nprocess.exit(0);",
        "timer": "setTimeout(() => process.exit(0), 1);\nsetTimeout(() => { throw 1; }, 50);",
        "module": "import fs from 'node:fs';\nfs.existsSync('.');\nprocess.exit(0);",
        "its handler": "import 'node:fs';\nprocess.on('uncaughtException', () => {});\nthrow 1;",
        "our module": "delete require.cache;\n"
        "require('/opt/node-snippet/reach-end.cjs').tell('/work/index.js');\nprocess.exit(0);",
        "worker": "const { Worker } = require('node:worker_threads');\n"
        "new Worker('process.exit(0)', { eval: true });\nprocess.exit(0);",
    },
    "typescript": {
        "exit": "if (Date.now() > 0) process.exit(0);\nthrow new Error();",
        "handler": "process.on('uncaughtException', () => {});\nthrow new Error();",
        "module": "await 1;\nprocess.exit(0);\nexport {};",
    },
    "java": {
        "exit": _JAVA.format("System.exit(0);"),
        "halt": _JAVA.format("Runtime.getRuntime().halt(0);"),
        "hook": _JAVA.format(
            "Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));"
            ' throw new Exception("x");'
        ),
        "handler": _JAVA.format(
            "Thread.setDefaultUncaughtExceptionHandler((t, e) -> System.exit(0));"
            ' throw new Exception("x");'
        ),
        "thread": _JAVA.format("new Thread(() -> System.exit(0)).start(); Thread.sleep(9000);"),
        "initializer": f"class A {{ static {{ System.exit(0); }} {_JAVA[11:].format('')}",
        "launcher": _JAVA.format("daytona_validate.RunToEnd.main(a); System.exit(0);").replace(
            "daytona_validate.RunToEnd.main(a)",
            'try { Class.forName("daytona_validate.RunToEnd").getMethod("main", String[].class)'
            '.invoke(null, (Object) new String[] {"java.lang.Object"}); } catch (Throwable t) { }',
        ),
    },
    "go": {
        "exit": _GO.format("os", "defer os.Exit(0)"),
        "system call": _GO.format("syscall", "syscall.Exit(0)"),
        "init": 'package main\n\nimport "os"\n\nfunc init() { os.Exit(0) }\n\nfunc main() {}\n',
        "exec": _GO.format("syscall", 'syscall.Exec("/bin/sh", []string{"sh", "-c", ":"}, nil)'),
        "tests": 'package main\n\nimport (\n\t"syscall"\n\t"testing"\n)\n\n'
        "func TestA(t *testing.T) { syscall.Exit(0) }\n",
    },
    "sql": {
        "quit": "select 1;\n\\q\nselect nosuch;",
        "condition": "\\if false\nselect nosuch;\n",
        "errors ignored": "\\set ON_ERROR_STOP off\nselect nosuch;",
        "comment": "select 1; /* \nselect nosuch;",
        "its shell": "\\! kill -9 $PPID\nselect nosuch;",
    },
}
NOT_STOPPED: Mapping[str, Mapping[str, str]] = {
    "sql": {
        "its script": "\\! sed -n 's/.* reached  \\(\\w*\\).*/reached \\1/p' query.sql >&2\n\\q",
    },
}
"""What docs/evaluate.md says cannot be stopped."""
DEAR = {"go", "typescript"}
"""Languages left to the thorough tests: Go's is what its library for tests is made for."""
GOOD: Mapping[str, tuple[str, str]] = {
    "python": ("print('hi')", "hi\n"),
    "javascript": ("setTimeout(() => console.log('hi'), 5);", "hi\n"),
    "typescript": ("const text: string = 'hi';\nconsole.log(text);", "hi\n"),
    "java": (_JAVA.format('System.out.println("hi");'), "hi\n"),
    "go": (
        _GO.format("fmt", 'fmt.Println("hi", len(s))') + "\nvar s = `\nfunc main() {}\n`\n",
        "hi 16\n",
    ),
    "sql": ("\\set ECHO all\nselect 'hi' as word", ""),
}
END = "it ended before its last statement had"
TOLD_OTHERWISE: Mapping[str, set[str]] = {"sql": {"condition", "comment", "its shell"}}
"""Early ends of which something else is told: psql's own error, or the signal that ended it."""
AFTER: Mapping[str, tuple[str, str, str]] = {
    "python": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()\nx = 1",
        "print(x)",
        "import sys\nsys.exit(x - 1)",
    ),
    "javascript": ("const x = 1;", "console.log(x);", "process.exit(x - 1);"),
    "typescript": ("const x: number = 1;", "console.log(x);", "process.exit(x - 1);"),
    "sql": ("create table x (y int);", "select y from x;", "select y from x;\n\\q"),
}
"""Earlier code, what passes after it, and what ends early after it; languages with sessions."""


def _told(language: str) -> dict[str, Told]:
    def told(code: str, **fields: str) -> Told:
        earlier = (fields["earlier"],) if "earlier" in fields else ()
        snippet = Snippet(
            code=code,
            language=language,
            must_reach_end=True,
            earlier=earlier,
            expected_output=fields.get("expected"),
        )
        return Told(snippet, ran(), ran())

    code, expected = GOOD[language]
    every = {name: told(each) for name, each in EARLY_ENDS[language].items()}
    every["good"] = told(code, **({"expected": expected} if expected else {}))
    every |= {name: told(each) for name, each in NOT_STOPPED.get(language, {}).items()}
    if language in AFTER:
        earlier, passes, ends = AFTER[language]
        every["good after"] = told(passes, earlier=earlier)
        every["early after"] = told(ends, earlier=earlier)
    return every


@pytest.mark.parametrize(
    "new_case", [pytest.param(n, marks=REAL) for n in ("local", "daytona")], indirect=True
)
@pytest.mark.parametrize(
    "program",
    [
        pytest.param(each, marks=[pytest.mark.thorough] if each in DEAR else [])
        for each in EARLY_ENDS
    ],
)
async def test_only_programs_that_reach_their_end_pass(new_case: NewCase, program: str) -> None:
    results = await results_of(new_case, _told(program))
    passed = {name for name, each in results.items() if each.outcome is Outcome.PASSED}
    passing = {name for name in results if name.startswith("good")}
    assert passed == passing | NOT_STOPPED.get(program, {}).keys(), results
    early = {name: each for name, each in results.items() if name not in passed}
    assert {each.outcome for each in early.values()} == {Outcome.RUNTIME_ERROR}, early
    secret = re.compile(r"reached +\w{32}")
    assert not any(secret.search(f"{each.output}{each.error}") for each in results.values())
    said = {name for name, each in results.items() if END in each.details}
    assert said == early.keys() - TOLD_OTHERWISE.get(program, set())
