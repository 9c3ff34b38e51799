"""Where Go is found, what of it is copied, and that its copy compiles as the go command does."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daytona_validate._core.languages.go import GO
from daytona_validate._core.languages.go_imports import go_imports
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.jail import SetupCommand
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Stage, Step
from daytona_validate._runtime.worker_thread import StopSign
from daytona_validate._toolchains import go as go_toolchain
from daytona_validate._toolchains.build import copy_all
from daytona_validate._toolchains.prepared_folder import mirrored
from daytona_validate._toolchains.record import Host
from daytona_validate._toolchains.toolchains import Toolchains
from jail_with import jail_with

FILES = (
    *("bin/go", "bin/gofmt", "go.env", "pkg/include/textflag.h", "lib/time/zoneinfo.zip"),
    *(f"pkg/tool/linux_amd64/{name}" for name in ("asm", "compile", "link", "vet", "cgo")),
    *("src/fmt/print.go", "src/fmt/print_test.go", "src/fmt/testdata/x.go", "src/cmd/go/main.go"),
    *("src/go/doc/doc.go", "doc/spec.html", "test/run.go"),
)


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    for name in FILES:
        file = tmp_path / "go" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "go/VERSION").write_text("go1.27.3\ntime 2026-10-19T22:20:36Z\n")
    return tmp_path / "go"


def _host(folder: Path) -> Host:
    return Host({"PATH": str(folder)}, "", "", ())


def _command(folder: Path, script: str) -> Host:
    (folder / "go").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "go").chmod(0o755)
    return _host(folder)


def test_only_what_compiles_programs_is_copied(installation: Path, tmp_path: Path) -> None:
    plan = go_toolchain.plan_of_folder(go_toolchain.found_in(str(installation)))
    copy_all(plan.copies, tmp_path / "cache", StopSign())
    copied = mirrored(tmp_path / "cache", go_toolchain.PREFIX)
    assert {str(path.relative_to(copied)) for path in copied.rglob("*") if path.is_file()} == {
        *("VERSION", "go.env", "bin/go", "pkg/include/textflag.h", "lib/time/zoneinfo.zip"),
        *(f"pkg/tool/linux_amd64/{name}" for name in ("asm", "compile", "link", "vet")),
        *("src/fmt/print.go", "src/go/doc/doc.go"),
    }
    assert mirrored(tmp_path / "cache", f"{go_toolchain.SCRIPTS}/compile").is_file()
    assert plan.version == "1.27.3"
    assert plan.expected["version"] == "go1.27.3"


def test_the_key_follows_the_installation(installation: Path) -> None:
    before = go_toolchain.found_in(str(installation))
    assert before == go_toolchain.found_in(f"{installation}/bin/..")
    (installation / "bin/go").write_text("another")
    assert go_toolchain.found_in(str(installation)).key != before.key


def test_the_same_installation_elsewhere_and_of_another_time_has_the_same_key(
    installation: Path, tmp_path: Path
) -> None:
    """So a second virtual environment, and a CI that restores the cache, prepare nothing."""
    other = tmp_path / "another environment/go"
    shutil.copytree(installation, other)
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    found, again = (go_toolchain.found_in(str(each)) for each in (installation, other))
    assert found.key == again.key
    assert found.source != again.source


@pytest.mark.parametrize("version", ["go1.20.14", "go1.9", "weekly.2012-03-27"])
def test_a_go_that_is_too_old_is_missing(installation: Path, version: str) -> None:
    (installation / "VERSION").write_text(version)
    with pytest.raises(ToolchainMissing, match=r"too old: .*pip install 'daytona-validate\[go\]'"):
        go_toolchain.found_in(str(installation))


@pytest.mark.parametrize("version", ["go1.21rc2", "go1.100", "devel go1.28-0ba1d3c"])
def test_other_versions_are_found(installation: Path, version: str) -> None:
    (installation / "VERSION").write_text(version)
    assert go_toolchain.found_in(str(installation)).key["version"] == version


@pytest.mark.parametrize("name", ["VERSION", "bin/go"])
def test_what_is_not_whole_is_missing(installation: Path, name: str) -> None:
    (installation / name).unlink()
    with pytest.raises(ToolchainMissing, match=f"{name}: No such file"):
        go_toolchain.found_in(str(installation))


@pytest.mark.parametrize("name", ["compile", "vet"])
def test_an_installation_without_its_tools_is_missing(installation: Path, name: str) -> None:
    found = go_toolchain.found_in(str(installation))
    (installation / "pkg/tool/linux_amd64" / name).unlink()
    with pytest.raises(ToolchainMissing, match="is not whole"):
        go_toolchain.plan_of_folder(found)


async def test_the_command_on_path_tells_its_folder(tmp_path: Path) -> None:
    host = _command(tmp_path, 'test "$GOTOOLCHAIN $*" = "local env GOROOT" && echo /opt/golang')
    assert await go_toolchain.folder_on_path(host) == "/opt/golang"


async def test_a_command_that_tells_nothing_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=r"/go does not run \(no home\): .*pip install"):
        await go_toolchain.folder_on_path(_command(tmp_path, "echo no home >&2; exit 1"))


async def test_without_any_go_the_line_that_installs_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match=r"Go is not installed here: .*pip install"):
        await go_toolchain.folder_on_path(_host(tmp_path))


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


async def _run(runner: JailRunner, toolchains: Toolchains, case: Case) -> Step:
    files = {GO.entry_file: case.code, **case.files}
    encoded = {path: content.encode() for path, content in files.items()}
    go = await toolchains.prepare("go", parts=go_imports(encoded))
    compiling, running = GO.steps
    jail = jail_with(
        go,
        running.argv,
        before=(SetupCommand(Stage.COMPILE, compiling.argv, 60.0),),
        files=encoded,
    )
    return (await runner.run_all(jail, timeout_s=30.0))[-1]


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)  # the first of these prepares the toolchain
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
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
