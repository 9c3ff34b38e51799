"""Java as people write it, compiled and run for real."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping

import pytest
from _pytest.mark import ParameterSet

from daytona_validate import CodeValidationResult, Snippet, Stage, Validator
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host import jail_host
from daytona_validate._jails.host_slots import HostSlots
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, SandboxSpec
from daytona_validate._providers.local import LocalProvider, LocalSandbox
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.toolchains import Toolchains
from plain_settings import plain_settings

pytestmark = [
    pytest.mark.jail,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK here"),
]


@pytest.fixture
async def provider(jail_runner: JailRunner) -> AsyncIterator[LocalProvider]:
    provider = LocalProvider(plain_settings(cache_dir=jail_runner.cache))
    yield provider
    await provider.aclose()


async def result_of(provider: LocalProvider, code: str, **values: object) -> CodeValidationResult:
    async with Validator(provider=provider) as validator:
        return await validator.validate(Snippet(code=code, language="java", **values))  # type: ignore[arg-type]  # a test names only fields there are


def greets(name: str, head: str = "public class", says: str | None = None) -> str:
    text = says or name
    return (
        f"{head} {name} {{ public static void main(String[] args) "
        f'{{ System.out.println("{text}"); }} }}\n'
    )


def program(body: str) -> str:
    return f"class A {{ public static void main(String[] a) throws Exception {{\n{body}\n}} }}\n"


QUICK = {"the_one_that_has_main", "absent_in_a_file_beside"}
"""The others are left to the thorough tests: Java costs a second of processor time."""


def params(programs: Mapping[str, tuple[object, ...]]) -> list[ParameterSet]:
    return [
        pytest.param(*each, id=name, marks=[] if name in QUICK else [pytest.mark.thorough])
        for name, each in programs.items()
    ]


RUNS = {
    "a_name_of_our_compiler_s": ("class Training { }\n" + greets("B", head="class"), {}, "B"),
    "any_public_class": (greets("Greeter"), {}, "Greeter"),
    "package": ("package a.b.c;\n" + greets("Greeter"), {}, "Greeter"),
    "not_public": (greets("Greeter", "class"), {}, "Greeter"),
    "the_first_of_several": (greets("One", "class") + greets("Two", "class"), {}, "One"),
    "the_public_one_of_several": (greets("One", "class") + greets("Two"), {}, "Two"),
    "the_one_named_as_the_file": (greets("One", "class") + greets("Main", "class"), {}, "Main"),
    "the_one_that_has_main": ("public class One {}\n" + greets("Two", "class"), {}, "Two"),
    "inside_another": ("public class One {\nstatic " + greets("Two", "class") + "}", {}, "Two"),
    "interface": (
        'interface A { static void main(String[] a) { System.out.println("A"); } }',
        {},
        "A",
    ),
    "enum": (
        "enum E { X; public static void main(String... a) { System.out.print(X); } }",
        {},
        "X",
    ),
    "record": (
        "record P(int x) { public static void main(String[] a) { System.out.print(new P(1)); } }",
        {},
        "P[x=1]",
    ),
    "inherited": ("class B extends A {}\n" + greets("A", "class"), {}, "A"),
    "not_ascii": (greets("Größe"), {}, "Größe"),
    "no_lookalikes": (
        "class A { private static void main(String[] a) {} }\n"
        "class B { public static int main(String[] a) { return 1; } }\n"
        "class C { public static void main(String a) {} }\n" + greets("D", "class"),
        {},
        "D",
    ),
    "not_java_files": (
        greets("Greeter"),
        {"notes.txt": "public class", "a.java.txt": "{"},
        "Greeter",
    ),
    "more_classes": (
        greets("Greeter").replace('"Greeter"', "util.Names.NAME"),
        {"util/Names.java": 'package util; public class Names { public static String NAME="x"; }'},
        "x",
    ),
    "main_beside": ("class Part {}", {"Start.java": greets("Start")}, "Start"),
    "main_here_before_main_beside": (greets("A", "class"), {"Start.java": greets("Start")}, "A"),
    "resource": (
        program(
            'System.out.write(A.class.getResourceAsStream("/data.txt").readAllBytes());'
            "System.out.flush();"
        ),
        {"data.txt": "data"},
        "data",
    ),
    "only_its_own_files": (
        program('System.out.println(String.join(" ", new java.io.File(".").list()));'),
        {},
        "Main.java",
    ),
    "heap_by_the_limit": (
        program("System.out.println(Runtime.getRuntime().maxMemory() >> 27);"),
        {},
        "2",
    ),
}


@pytest.mark.parametrize(("code", "files", "output"), params(RUNS))
async def test_java_runs(
    provider: LocalProvider, code: str, files: dict[str, str], output: str
) -> None:
    result = await result_of(provider, code, files=files)
    assert (result.outcome, result.output.strip(), result.error) == ("passed", output, None)


FAILS = {
    "second_public_class": (
        greets("A") + greets("B"),
        {},
        "compile_error",
        "class B is public, should be declared in a file named B.java (line 2)",
    ),
    "wrong_file_beside": (
        greets("A"),
        {"util/Bad.java": "package util;\nclass Bad { int x }\n"},
        "compile_error",
        "';' expected",
    ),
    "wrong_name_beside": (
        greets("A"),
        {"Wrong.java": "public class Right {}"},
        "compile_error",
        "class Right is public, should be declared in a file named Right.java",
    ),
    "bytes_beside_that_are_no_text": (
        greets("A"),
        {"B.java": b'class B { String s = "\xff"; }'},
        "compile_error",
        "unmappable character (0xFF) for encoding UTF-8",
    ),
    "same_class_twice": (greets("A"), {"B.java": "class A {}"}, "compile_error", "duplicate class"),
    "no_main": ("public class A { void f() {} }", {}, "runtime_error", "Main method not found in"),
    "words_of_a_report": (
        "compiler report\t1\t\torg.junit\tpackage org.junit does not exist\nclass A {}\n",
        {},
        "compile_error",
        "class, interface, enum, or record expected (line 1)",
    ),
    "absent_in_a_file_beside": (
        greets("A"),
        {"B.java": "import org.junit.Test;\nclass B { @Test void f() {} }\n"},
        "missing_dependency",
        "package org.junit does not exist",
    ),
    "absent_beside_another_mistake_there": (
        "import org.junit.Test;\n" + greets("A"),
        {"B.java": "class B { int f() { return x; } }\n"},
        "compile_error",
        "package org.junit does not exist (line 1)",
    ),
    "module": ("module a {}", {}, "compile_error", "module declarations should be in a file named"),
}


@pytest.mark.parametrize(("code", "files", "outcome", "line"), params(FAILS))
async def test_java_fails(
    provider: LocalProvider, code: str, files: dict[str, str | bytes], outcome: str, line: str
) -> None:
    result = await result_of(provider, code, files=files)
    assert result.outcome == outcome
    assert line in result.details


@pytest.mark.thorough
async def test_arguments_are_the_program_s_whatever_they_look_like(
    provider: LocalProvider,
) -> None:
    code = program('System.out.println(String.join("|", a));')
    result = await result_of(provider, code, args=("@run", "-version", "ü", "", "-J-x"))
    assert result.output == "@run|-version|ü||-J-x\n"


@pytest.mark.parametrize("memory_mib", [96, pytest.param(512, marks=pytest.mark.thorough)])
async def test_java_runs_in_little_memory_that_only_processes_are_bounded_by(
    jail_runner: JailRunner, memory_mib: int
) -> None:
    """What Java reserves counts there, where a cgroup would count what it uses."""
    found = await asyncio.to_thread(jail_host, jail_runner.cache)
    toolchains = await asyncio.to_thread(Toolchains, jail_runner.cache, jail_runner)
    sandbox = LocalSandbox(
        "here",
        LANGUAGES["java"],
        SandboxSpec(language="java", limits=Limits(memory_mib=memory_mib)),
        await toolchains.prepare("java"),
        PreparedPackages(),
        JailRunner(found, Cgroups(())),
        await asyncio.to_thread(HostSlots, jail_runner.cache, 4),
    )
    execution = await sandbox.run(Snippet(code=greets("A"), language="java"))
    assert [step.exit_code for step in execution.steps] == [0, 0]
    assert execution.steps[-1].stdout == b"A\n"


@pytest.mark.thorough
async def test_checking_runs_nothing(provider: LocalProvider) -> None:
    async with provider.open(SandboxSpec(language="java", limits=Limits())) as sandbox:
        snippet = Snippet(code="class A { void f() {} }", language="java")
        execution = await sandbox.run(snippet, until=Stage.CHECK)
    assert [(step.stage, step.exit_code) for step in execution.steps] == [(Stage.CHECK, 0)]
    assert len(LANGUAGES["java"].check) == 1
