"""Which snippets a warm tool is asked about, and which of its answers are built upon."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.languages.java import OUTPUT
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.reached_end import FILE as SECRET_FILE
from daytona_validate._models import Limits, SandboxSpec, Snippet, Stage
from daytona_validate._toolchains.warm.java import compilable, compiled
from daytona_validate._toolchains.warm.kind import (
    Kind,
    Made,
    can_ask,
    is_worn,
    left_commands,
    wants_another,
)
from daytona_validate._toolchains.warm.messages import Answer, request
from daytona_validate._toolchains.warm.tools import KINDS
from daytona_validate._toolchains.warm.typescript import MADE, checkable, checked

LIMITS = Limits()
TS = Snippet(code="export {}", language="typescript")
SPEC = SandboxSpec(language="typescript", limits=LIMITS)
RUN = f"-Xms128m\n-Xmx384m\n-cp\n{OUTPUT}/classes:.\nMain\n".encode()
CLASS = b"\xca\xfe\xba\xbe" + bytes(30)
SCRIPT = b"a();\n//# sourceMappingURL=data:application/json;base64,e30=\n"
RIGHT = {"run": RUN, "classes/Main.class": CLASS}


@pytest.mark.parametrize(
    ("snippet", "changes", "until"),
    [
        (replace(TS, check_only=True), {}, Stage.CHECK),
        (replace(TS, earlier=("let a = 1",)), {}, Stage.RUN),
        (TS, {"is_alone": True}, Stage.RUN),
        (TS, {"packages": ("zod",)}, Stage.RUN),
        (TS, {"limits": Limits(memory_mib=511)}, Stage.RUN),
        (TS, {"limits": Limits(processes=255)}, Stage.RUN),
        (TS, {"limits": Limits(open_files=255)}, Stage.RUN),
        (TS, {"limits": Limits(disk_mib=63)}, Stage.RUN),
        (TS, {"limits": Limits(compile_timeout_s=9)}, Stage.RUN),
    ],
)
def test_what_a_warm_tool_may_judge_otherwise_it_is_not_asked(
    snippet: Snippet, changes: dict[str, object], until: Stage
) -> None:
    language = LANGUAGES["typescript"]
    assert can_ask(language, TS, SPEC, Stage.RUN)
    assert not can_ask(language, snippet, replace(SPEC, **changes), until)  # type: ignore[arg-type]


def test_tests_and_programs_that_must_reach_their_end_are_compiled_as_others() -> None:
    for language in (LANGUAGES[name] for name in KINDS):
        for each in (replace(TS, run_tests=True), replace(TS, must_reach_end=True)):
            assert can_ask(language, each, SPEC, Stage.RUN)


@pytest.mark.parametrize(
    "files",
    [
        {"index.ts": b"const a: number = 1;"},
        {"index.ts": b"import { a } from './lib/a'; a;", "lib/a.ts": b"export const a = 1;"},
        {"index.ts": b"// @ts-expect-error\nconst a: number = 'b';", "b.mts": b"", "c.cts": b""},
        {"index.ts": "const größe = 'ü';".encode()},
    ],
)
def test_modules_are_for_the_warm_checker(files: dict[str, bytes]) -> None:
    assert checkable(files, LIMITS) == request("", files)
    assert checkable({**files, SECRET_FILE: b"secret"}, LIMITS) == request("", files)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.ts", b"declare global { interface Array<T> { zip: number } } export {};"),
        ("index.ts", b"declare/**/global { var zed: number } export {};"),
        ("index.ts", b"d\\u0065clare global { var zed: number } export {};"),
        ("index.ts", b"declare module 'fs' { const zed: number; } export {};"),
        ("index.ts", b"/// <reference no-default-lib='true'/>\nexport {};"),
        ("index.ts", b"/// <reference types='bun'/>\nexport {};"),
        ("index.ts", b"\xff"),
        ("index.ts", b"\xef\xbb\xbfexport {};"),
        ("a.d.ts", b"export {};"),
        ("a.css.ts", b"export {};"),
        ("helper.js", b"exports.a = 1;"),
        ("data.json", b"{}"),
        ("package.json", b'{"type": "module"}'),
        ("tsconfig.json", b'{"compilerOptions": {"strict": false}}'),
        ("node_modules/a/index.ts", b"export {};"),
        ("lib/node_modules/a.ts", b"export {};"),
        (".hidden/a.ts", b"export {};"),
        (".a.ts", b"export {};"),
        ("größe.ts", b"export {};"),
        ("a b.ts", b"export {};"),
        ("../a.ts", b"export {};"),
        ("lib/../a.ts", b"export {};"),
        ("/work/a.ts", b"export {};"),
    ],
)
def test_what_could_reach_beyond_itself_is_for_the_cold_compiler(name: str, content: bytes) -> None:
    assert checkable({"index.ts": b"export {};", name: content}, LIMITS) is None


def test_without_files_all_but_the_check_is_left() -> None:
    made = checked(Answer(is_clean=True, memory_mib=90), LIMITS)
    assert made is not None
    before = left_commands(LANGUAGES["typescript"].steps[:1], made)
    assert [each.argv[1:] for each in before] == [
        ("/opt/typescript/compile", "{memory_mib}", "checked")
    ]


def test_scripts_stand_where_the_cold_way_leaves_them_and_no_command_is_left() -> None:
    files = {"index.js": SCRIPT, "lib/a.js": SCRIPT}
    made = checked(Answer(is_clean=True, memory_mib=90, files=files), LIMITS)
    assert made == Made(files={f"{MADE}/index.js": SCRIPT, f"{MADE}/lib/a.js": SCRIPT})
    assert left_commands(LANGUAGES["typescript"].steps[:1], made) == ()


@pytest.mark.parametrize(
    "files",
    [
        {"lib/a.js": SCRIPT},
        {"index.mjs": SCRIPT},
        {"index.js": SCRIPT, "index.mjs": SCRIPT},
        {"index.js": b""},
        {"index.js": SCRIPT[:-1]},
        {"index.js": SCRIPT + b"more()\n"},
        {"index.js": SCRIPT.replace(b"base64,", b"base64,-")},
        {"index.js": SCRIPT, "../index.js": SCRIPT},
        {"index.js": SCRIPT, "/work/index.js": SCRIPT},
        {"index.js": SCRIPT, "node_modules/.a.js": SCRIPT},
        {"index.js": SCRIPT, "größe.js": SCRIPT},
        {"index.js": SCRIPT, **{f"a{number}.js": SCRIPT for number in range(128)}},
        {"index.js": bytes(4 * 1024 * 1024) + SCRIPT},
    ],
)
def test_a_script_that_is_not_as_esbuild_leaves_it_is_refused(files: dict[str, bytes]) -> None:
    assert checked(Answer(is_clean=True, memory_mib=90, files=files), LIMITS) is None


def test_java_gets_its_sources_and_whether_there_is_a_secret_but_not_which() -> None:
    files = {"Main.java": b"class Main {}", "a/B.java": b"", "data.txt": b"x"}
    sources = {"Main.java": b"class Main {}", "a/B.java": b""}
    assert compilable(files, LIMITS) == request("512", sources)
    asked = compilable({**files, SECRET_FILE: b"secret"}, LIMITS)
    assert asked == request("512", {**sources, SECRET_FILE: b""})
    for name in ("../B.java", "/B.java", "größe/B.java", ".B.java", "a/../B.java", "a b.java"):
        assert compilable({**files, name: b""}, LIMITS) is None


def test_class_files_stand_where_the_cold_compiler_leaves_them() -> None:
    made = compiled(Answer(is_clean=True, memory_mib=1, files=RIGHT), LIMITS)
    assert made == Made(files={f"{OUTPUT}/run": RUN, f"{OUTPUT}/classes/Main.class": CLASS})
    assert left_commands(LANGUAGES["java"].steps[:1], made) == ()


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"run": RUN},
        {"classes/Main.class": CLASS},
        {**RIGHT, "classes/Main.class": b"\xca\xfe\xba\xbf" + bytes(30)},
        {**RIGHT, "classes/Main.class": CLASS[:20]},
        {**RIGHT, "classes/../Main.class": CLASS},
        {**RIGHT, "/work/Main.class": CLASS},
        {**RIGHT, "classes/Main.jar": CLASS},
        {**RIGHT, "other/Main.class": CLASS},
        {**RIGHT, "run": RUN.replace(b"Main", b"Other")},
        {**RIGHT, "run": b"-javaagent:x\n" + RUN},
        {**RIGHT, "run": RUN + b"argument\n"},
        {**RIGHT, "run": RUN.replace(b"classes:.", b"classes:.:/opt")},
        {**RIGHT, **{f"classes/C{number}.class": CLASS for number in range(128)}},
        {**RIGHT, "classes/Big.class": CLASS + bytes(4 * 1024 * 1024)},
    ],
)
def test_what_is_not_as_the_cold_compiler_leaves_it_is_refused(files: dict[str, bytes]) -> None:
    assert compiled(Answer(is_clean=True, memory_mib=1, files=files), LIMITS) is None


def test_a_tool_is_started_when_so_many_have_found_none() -> None:
    assert wants_another(4, needed=4, tools=0, most=2)
    assert not wants_another(3, needed=4, tools=0, most=2)
    assert not wants_another(99, needed=4, tools=2, most=2)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_tool_is_worn_by_requests_or_by_memory(kind: Kind) -> None:
    fresh = Answer(is_clean=False, memory_mib=kind.most_mib)
    assert not is_worn(kind, fresh, requests=kind.most_requests - 1)
    assert is_worn(kind, fresh, requests=kind.most_requests)
    assert is_worn(kind, replace(fresh, memory_mib=kind.most_mib + 1), requests=1)
    assert kind.most_mib < kind.limits.memory_mib
    assert [is_right for _, is_right in kind.proof_messages()].count(False) == 1
