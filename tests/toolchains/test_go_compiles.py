"""That the copy of Go compiles as the go command does."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from daytona_validate._core.languages.go import GO
from daytona_validate._core.languages.go_imports import go_imports
from daytona_validate._jails.jail import SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Stage, Step
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

QUICK = {
    *("two files", "a package of its own", "an internal package"),
    "an unused import in the second file",
}
"""The others are left to the thorough tests: to link a program costs a quarter of a second, and
what Go needs for tests ten to compile."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is compiled, and what comes of it."""

    code: str
    output: str = ""
    error: str = ""
    stage: Stage = Stage.RUN
    files: dict[str, str] = field(default_factory=dict)


HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
ADD = "package sums\n\nfunc Add(a, b int) int { return a + b }\n"
TEST = (
    'package sums\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n'
    "\tif Add(1, 1) != 2 {\n\t\tt.Error()\n\t}\n}\n"
)
CASES = {
    "loosely written": Case(HELLO.replace("func main()", "  func  main ()"), "hello\n"),
    "two files": Case(
        HELLO.replace('"hello"', "word"),
        "from words.go\n",
        files={"words.go": 'package main\n\nconst word = "from words.go"\n'},
    ),
    "a package of its own": Case(
        HELLO.replace('"fmt"', '("fmt"; "snippet/words")').replace('"hello"', "words.Word"),
        "inner\n",
        files={"words/words.go": 'package words\n\nconst Word = "inner"\n'},
    ),
    "ignored by builds, not when named": Case(f"//go:build ignore\n\n{HELLO}", "hello\n"),
    "embedded": Case(
        'package main\n\nimport _ "embed"\n\n//go:embed word.txt\nvar word string\n\n'
        "func main() { print(len(word)) }\n",
        error="4",
        files={"word.txt": "four"},
    ),
    "build information": Case(
        'package main\n\nimport "runtime/debug"\n\nfunc main() {\n'
        "\tinfo, ok := debug.ReadBuildInfo()\n\tprint(ok, info.Path)\n}\n",
        error="truecommand-line-arguments",
    ),
    "time zones": Case(
        'package main\n\nimport (\n\t"fmt"\n\t"runtime"\n\t"time"\n)\n\nfunc main() {\n'
        '\tfmt.Println(time.LoadLocation("Asia/Tokyo"))\n'
        "\tfmt.Println(runtime.GOROOT())\n}\n",
        "Asia/Tokyo <nil>\n/opt/go\n",
    ),
    "a test of its own": Case(TEST.replace("Add(1, 1)", "1+1"), "PASS\n"),
    "a test of another package": Case(
        TEST.replace("package sums", "package sums_test")
        .replace('"testing"', '("testing"; sums "snippet")')
        .replace("if Add(", "if sums.Add("),
        "PASS\n",
        files={"sums.go": ADD},
    ),
    "a test and its file": Case(TEST, "PASS\n", files={"sums.go": ADD}),
    "a file and its test": Case(ADD, "PASS\n", files={"sums_test.go": TEST}),
    "a test beside one of its name": Case(
        TEST,
        "PASS\n",
        files={"sums.go": ADD, "main_test.go": TEST.replace("TestAdd", "TestMore")},
    ),
    "a test of a module": Case(
        TEST.replace("package sums", "package sums_test")
        .replace('"testing"', '("testing"; "example.com/sums")')
        .replace("if Add(", "if sums.Add("),
        "PASS\n",
        files={"sums.go": ADD, "go.mod": "module example.com/sums\n\ngo 1.21\n"},
    ),
    "a program beside a test": Case(
        HELLO, "hello\n", files={"main_test.go": "package main\n\nthis is never compiled\n"}
    ),
    "an example": Case(
        'package sums\n\nimport "fmt"\n\nfunc Example() {\n\tfmt.Println(2)\n\t// Output: 2\n}\n',
        "PASS\n",
    ),
    "an example without output": Case(
        "package sums\n\nfunc Example() {}\n",
        error="package command-line-arguments is not a main package\n",
        stage=Stage.COMPILE,
    ),
    "a failing test with an exit code": Case(
        TEST.replace("Add(1, 1)", "3"), "--- FAIL: TestAdd (0.00s)\n    main_test.go:7: \nFAIL\n"
    ),
    "an internal package": Case(
        HELLO.replace('"fmt"', '("fmt"; _ "log/internal")'),
        error="package command-line-arguments\n\t"
        "main.go:3:16: use of internal package log/internal not allowed\n",
        stage=Stage.COMPILE,
    ),
    "a vendored package": Case(
        HELLO.replace('"fmt"', '("fmt"; _ "vendor/golang.org/x/net/idna")'),
        error="main.go:3:16: use of vendored package not allowed\n",
        stage=Stage.COMPILE,
    ),
    "a library with a main function": Case(
        HELLO.replace("package main", "package other"),
        error="package command-line-arguments is not a main package\n",
        stage=Stage.COMPILE,
    ),
    "an unused import in the second file": Case(
        HELLO,
        error='# command-line-arguments\n./words.go:3:8: "os" imported and not used\n',
        stage=Stage.COMPILE,
        files={"words.go": 'package main\n\nimport "os"\n'},
    ),
}


async def _run(
    runner: JailRunner, toolchains: Toolchains, case: Case, limits: Limits | None = None
) -> Step:
    files = {GO.entry_file: case.code, **case.files}
    limits = limits or Limits()
    encoded = {path: content.encode() for path, content in files.items()}
    go = await toolchains.prepare("go", parts=go_imports(encoded))
    compiling, running = GO.steps
    jail = jail_with(
        go,
        running.argv,
        before=(SetupCommand(Stage.COMPILE, compiling.argv_within(limits), 60.0),),
        files=encoded,
        limits=limits,
    )
    return (await runner.run_all(jail, timeout_s=30.0))[-1]


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)  # the first of these prepares the toolchain
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=[] if name in QUICK else [pytest.mark.thorough])
        for name, case in CASES.items()
    ],
)
async def test_what_is_compiled(
    jail_runner: JailRunner, toolchains: Toolchains, case: Case
) -> None:
    step = await _run(jail_runner, toolchains, case)
    assert (step.stage, step.stdout.decode(), step.stderr.decode()) == (
        case.stage,
        case.output,
        case.error,
    )
    assert (step.exit_code == 0) is (case.stage is Stage.RUN and "FAIL" not in case.output)


LISTING = """package main

import (
	"fmt"
	"os"
)

func main() {
	work, _ := os.ReadDir(".")
	fmt.Println(work, os.Getenv("GOCACHE"), os.Getenv("HOME"))
	for _, name := range []string{"/opt/go-std/cache/x", "/opt/go-std/importcfg", "/opt/go/x"} {
		fmt.Println(os.WriteFile(name, nil, 0o644))
	}
}
"""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("code", [LISTING, f"{LISTING}//go:generate none\n"], ids=["direct", "go"])
async def test_compiling_leaves_nothing_and_what_is_shared_cannot_be_written(
    jail_runner: JailRunner, toolchains: Toolchains, code: str
) -> None:
    step = await _run(jail_runner, toolchains, Case(code))
    first, *denied = step.stdout.decode().splitlines()
    assert first == "[- main.go]  /work"
    assert len(denied) == 3
    assert all(line.endswith("read-only file system") for line in denied)


VARIABLES = """package main

import (
	"fmt"
	"os"
)

func main() { fmt.Printf("%q", os.Getenv("GOGC")+os.Getenv("GOMEMLIMIT")) }
"""
FUNCTION = """
func f{0}(a map[string]int) int {{
	a["{0}"]++
	s := 0
	for k, v := range a {{
		s += len(k) * v
	}}
	return s
}}
"""


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_program_collects_garbage_as_ever(
    jail_runner: JailRunner, toolchains: Toolchains
) -> None:
    """That compiler and linker do so later is nothing to it, and they work within little memory."""
    step = await _run(jail_runner, toolchains, Case(VARIABLES), Limits(memory_mib=64))
    assert (step.exit_code, step.stdout) == (0, b'""'), step.stderr


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.timeout(600)
async def test_what_needs_more_memory_to_compile_than_there_is_meets_that_limit(
    jail_runner: JailRunner, toolchains: Toolchains
) -> None:
    code = "package main\n" + "".join(map(FUNCTION.format, range(3000))) + "func main() {}\n"
    step = await _run(jail_runner, toolchains, Case(code), Limits(memory_mib=48))
    if jail_runner.counts_memory:
        assert (step.stage, step.limit) == (Stage.COMPILE, Limit.MEMORY)
    step = await _run(jail_runner, toolchains, Case(code), Limits(memory_mib=512))
    assert (step.stage, step.exit_code) == (Stage.RUN, 0), step.stderr
