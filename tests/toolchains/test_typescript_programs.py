"""Programs in TypeScript, compiled and run in jails: what they see, and what stops them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from daytona_validate._core.languages.typescript import TYPESCRIPT
from daytona_validate._jails.jail import SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

pytestmark = [pytest.mark.jail, pytest.mark.network, pytest.mark.slow]


@pytest.fixture(scope="session")
def typescript(jail_cache_dir: Path, jail_runner: JailRunner) -> Toolchain:
    """Installed once for all tests, with Node."""
    return asyncio.run(Toolchains(jail_cache_dir, jail_runner).prepare("typescript"))


async def _run(
    runner: JailRunner,
    toolchain: Toolchain,
    files: dict[str, str],
    *args: str,
    limits: Limits = Limits(),  # noqa: B008 - a frozen value
) -> Step:
    compiling, running = TYPESCRIPT.steps
    argv = [each.replace("{memory_mib}", str(limits.memory_mib)) for each in compiling.argv]
    jail = jail_with(
        toolchain,
        (*running.argv, *args),
        before=(SetupCommand(Stage.COMPILE, tuple(argv), limits.compile_timeout_s),),
        limits=limits,
        reserved_mib=TYPESCRIPT.reserved_mib,
        environment=TYPESCRIPT.environment,
        files={path: text.encode() for path, text in files.items()},
    )
    return await runner.run(jail, timeout_s=limits.timeout_s)


NAMES = "console.log(__filename, __dirname, require.main === module, process.argv.slice(1));\n"
IN_MODULE = "console.log(import.meta.url, import.meta.dirname, process.argv.slice(1));\nawait 1;\n"
SYNTAX = """
enum Colour { Red, Green }
namespace Inner { export const answer = 42 }
abstract class Shape { constructor(protected readonly size: number) {} }
class Square extends Shape { area = () => this.size ** 2 }
function logged(_: unknown, context: ClassMethodDecoratorContext) { console.log(context.name) }
class Service { @logged run() { return 1 satisfies number } }
{ using _ = { [Symbol.dispose]() { console.log("disposed") } } }
console.log(Colour.Green, Inner.answer, new Square(3).area(), new Service().run());
"""
PASSING = {
    "names of its own": (
        {"index.ts": NAMES},
        "/work/index.ts /work true [ '/work/index.ts', 'x' ]",
    ),
    "names of a module's own": (
        {"index.ts": IN_MODULE},
        "file:///work/index.ts /work [ '/work/index.ts', 'x' ]",
    ),
    "nothing of ours in its folder": (
        {"index.ts": "import fs from 'fs'; console.log(fs.readdirSync('.').join());", "a.txt": ""},
        "a.txt,index.ts",
    ),
    "syntax that is TypeScript's alone": ({"index.ts": SYNTAX}, "run\ndisposed\n1 42 9 1"),
    "names that the DOM has": ({"index.ts": "const name = 1, status = 2; console.log(name)"}, "1"),
    "what is new in the library": (
        {"index.ts": "console.log(Object.groupBy([1], () => 'a').a, [2, 1].toSorted())"},
        "[ 1 ] [ 1, 2 ]",
    ),
    "require": ({"index.ts": "console.log(require('path').sep)"}, "/"),
    "require with types": ({"index.ts": "import p = require('path'); console.log(p.sep)"}, "/"),
    "nothing": ({"index.ts": "type A = 1;"}, ""),
    "a type error that is expected": (
        {"index.ts": "// @ts-expect-error\nconst a: number = 'a'; console.log(a)"},
        "a",
    ),
    "files": (
        {
            "index.ts": (
                "import { a } from './lib/a'; import { b } from './b.js'; import c from './c';\n"
                "import d from './d.json'; import { e } from './d'; import { f } from './f.ts';\n"
                "import type { T } from './t'; const t: T = 1;\n"
                "import('./lib/a').then((m) => console.log(a(), b, c.c, d.d, e, f, t, m.a()));"
            ),
            "lib/a.ts": "export const a = () => require.main === module ? 'wrong' : __filename;",
            "b.ts": "export const b = 'b';",
            "c.js": "exports.c = 'c';",
            "d.json": '{"d": "d"}',
            "d.ts": "export const e = 'e';",
            "f.ts": "export const f = 'f';",
            "t.d.ts": "export type T = 1;",
        },
        "/work/lib/a.ts b c d e f 1 /work/lib/a.ts",
    ),
    "files of a module": (
        {
            "index.ts": (
                "import { a } from './lib/a'; import { b } from './b.js';\n"
                "import d from './d.json'; console.log(await a(), b, d.d);"
            ),
            "lib/a.ts": "export const a = async () => 'a';",
            "b.ts": "export const b = 'b';",
            "d.json": '{"d": "d"}',
        },
        "a b d",
    ),
    "files of a module by its package.json": (
        {
            "index.ts": "import { a } from './a.js'; import b from 'b'; console.log(a.X, b);",
            "a.ts": "export enum a { X = 7 }",  # of which Node itself makes nothing
            "package.json": '{ "type" : "module" }',
            "node_modules/b/package.json": '{"type": "module", "exports": "./b.js"}',
            "node_modules/b/b.js": "export default 'b';",
            "node_modules/b/b.d.ts": "declare const b: string; export default b;",
        },
        "7 b",
    ),
    "files with awkward names": (
        {"index.ts": "console.log(1)", "-a b\nc.ts": "let x = 1;", "$x/*.mts": "export {}"},
        "1",
    ),
}


QUICK = {"files with awkward names", "require"}
"""The others are left to the thorough tests."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.thorough]) for name in PASSING],
)
async def test_a_program_is_compiled_and_run(
    jail_runner: JailRunner, typescript: Toolchain, name: str
) -> None:
    files, printed = PASSING[name]
    step = await _run(jail_runner, typescript, files, "x")
    assert (step.stdout.decode().strip(), step.stderr.decode()) == (printed, "")
    assert (step.stage, step.exit_code) == (Stage.RUN, 0)


REFUSED = {
    "a type error": ({"index.ts": "const a: number = 'a'; console.log(a)"}, "TS2322"),
    "a parameter without a type": ({"index.ts": "export const f = (x) => x"}, "TS7006"),
    "what may be undefined": ({"index.ts": "[1].find((n) => n > 0).toFixed()"}, "TS2532"),
    "a type error in a file that nobody imports": (
        {"index.ts": "console.log(1)", "lib/other.ts": "export const a: number = 'a';"},
        "lib/other.ts(1,14): error TS2322",
    ),
    "its own settings": (
        {
            "index.ts": "const a: number = 'a'; console.log(a)",
            "tsconfig.json": '{"compilerOptions": {"strict": false, "noCheck": true}}',
        },
        "TS2322",
    ),
    "a type that Node's types have from elsewhere": (
        {
            "index.ts": "import { WebSocket } from 'http';\n"
            "console.log(new WebSocket('ws://localhost', 1))"
        },
        "to parameter of type 'string | string[] | WebSocketInit | undefined'",
    ),
    "a package that only Node's types have": (
        {"index.ts": "import type { RequestInit } from 'undici-types'; export let a: RequestInit"},
        "TS2307: Cannot find module 'undici-types'",
    ),
    "an error that was expected and is none": (
        {"index.ts": "// @ts-expect-error\nconst a: number = 1; console.log(a)"},
        "TS2578",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_program_with_a_mistake_in_its_types_is_not_run(
    jail_runner: JailRunner, typescript: Toolchain, name: str
) -> None:
    files, said = REFUSED[name]
    step = await _run(jail_runner, typescript, files)
    assert (step.stage, step.exit_code) == (Stage.COMPILE, 1)
    assert said in step.stdout.decode()


FAILING = {
    "strict mode": "const o = Object.freeze({ a: 1 });\n(o as { a: number }).a = 2;",
    "strict mode in a module": (
        "const o = Object.freeze({ a: await 1 });\n(o as { a: number }).a = 2;"
    ),
    "a lazy error": "type A = 1;\nsetTimeout(() => { throw new Error('late'); });",
}


@pytest.mark.parametrize("name", FAILING)
async def test_an_error_names_the_line_of_the_typescript_file(
    jail_runner: JailRunner, typescript: Toolchain, name: str
) -> None:
    step = await _run(jail_runner, typescript, {"index.ts": FAILING[name]})
    assert (step.stage, step.exit_code) == (Stage.RUN, 1)
    assert step.stderr.decode().startswith("/work/index.ts:2\n")


async def test_little_memory_and_few_processes_suffice(
    jail_runner: JailRunner, typescript: Toolchain
) -> None:
    limits = Limits(memory_mib=128, processes=16)
    step = await _run(jail_runner, typescript, {"index.ts": "console.log(1)"}, limits=limits)
    assert (step.stage, step.exit_code) == (Stage.RUN, 0)


def test_the_compiler_has_no_node_modules_to_look_into(typescript: Toolchain) -> None:
    """It would, for each name by which Node's types refer to one another."""
    folders = [Path(bind.source) for bind in typescript.binds]
    assert any(folder.joinpath("packages/types/node/fs.d.ts").is_file() for folder in folders)
    assert not [found for folder in folders for found in folder.rglob("node_modules")]
