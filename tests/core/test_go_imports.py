"""Which packages a Go program may import, read from its text: rather too many than too few."""

from __future__ import annotations

import pytest

from daytona_validate._core.intake import Job, intake
from daytona_validate._core.languages.go_imports import ENDING, TESTING, go_imports
from daytona_validate._models import Limits, SandboxSpec, Snippet
from for_each import for_each
from growth import assert_linear

FOUND = {
    "one": ('import "fmt"', {"fmt"}),
    "group": ('import (\n\t"fmt"\n\tm "math/rand"\n\t_ "embed"\n)', {"fmt", "math/rand", "embed"}),
    "one line": ('import("fmt";"os")', {"fmt", "os"}),
    "raw string": ("import `net/http`", {"net/http"}),
    "after a comment": ('import /* x */ "io"', {"io"}),
    "hexadecimal": (r'import "\x66mt"', {"fmt"}),
    "octal": (r'import "\146mt"', {"fmt"}),
    "by code point": (r'import ("\u0069o"; "\U0000006fs")', {"io", "os"}),
    "beside other strings": ('x := "a b" + "time"', {"time"}),
    "adjacent quotes": ('""fmt""', {"fmt"}),
    "not ASCII": ('"\\xff" + "\\u00e9"', {""}),
    "no literal": ("package main\nfmt.Println()", set()),
    "a literal that is no path": ('"Hello, World" + "two\nlines"', set()),
}


@for_each(("text", "found"), FOUND.values(), ids=FOUND)
def test_what_a_text_may_import(text: str, found: set[str]) -> None:
    assert go_imports({"main.go": text.encode()}) == found


TESTED = {
    "a test": {"main.go": b'import "testing"'},
    "an example": {"main.go": b"package x\n\nfunc  Example() {\n\t// Output: 1\n}\n"},
    "a file for tests": {"main.go": b"package x", "x_test.go": b""},
}


@pytest.mark.parametrize("files", TESTED.values(), ids=TESTED)
def test_tests_need_what_the_go_command_writes_around_them(files: dict[str, bytes]) -> None:
    assert go_imports(files) == TESTING


def test_a_program_that_must_reach_its_end_needs_what_tells_that() -> None:
    spec = _spec(Snippet(code="package main", language="go", must_reach_end=True))
    assert spec.parts == ENDING


def test_every_go_file_counts_and_no_other() -> None:
    files = {"main.go": b'"fmt"', "a/b.go": b'"os"', "data.json": b'"io"', "raw.go": b'\xff"io"'}
    assert go_imports(files) == {"fmt", "os", "io"}


@pytest.mark.parametrize("piece", ['"', '"a', '"a"', '"\\x6', '"\\', "func ", "`/"])
def test_it_takes_time_in_proportion_to_the_text(piece: str) -> None:
    assert_linear(lambda text: go_imports({"main.go": text.encode()}), piece)


def _spec(snippet: Snippet) -> SandboxSpec:
    job = intake(snippet, limits=Limits(), timeouts_s={}, packages={}, max_code_bytes=10_000)
    assert isinstance(job, Job)
    return job.spec()


def test_a_sandbox_for_go_is_asked_for_with_them_and_can_be_shared_all_the_same() -> None:
    spec = _spec(Snippet(code='import "fmt"', language="go", files={"x.go": 'import "os"'}))
    assert spec.parts == frozenset({"fmt", "os"})
    assert spec == _spec(Snippet(code="package main", language="go"))
    assert _spec(Snippet(code='import "fmt"', language="python")).parts is None
