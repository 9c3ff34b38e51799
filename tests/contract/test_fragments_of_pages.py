"""Fragments of pages, completed and judged by real compilers: what became of each, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from block_results import block
from daytona_validate import CodeValidationResult, Snippet, Validator
from daytona_validate._core.fragments.completion import Completion, not_runnable
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

pytestmark = [
    pytest.mark.jail,
    pytest.mark.slow,
    pytest.mark.thorough,
    pytest.mark.timeout(600),  # the first use of a toolchain prepares it
]

GO_PAGE = (
    'func Greet(name string) string {\n\treturn greeting + name\n}\n\nconst greeting = "Hi "\n',
    'fmt.Println(Greet("Ada"))\n',
    'func TestGreet(t *testing.T) {\n\tif Greet("Bo") != "Hi Bo" {\n\t\tt.Fatal("no")\n\t}\n}\n',
    "if len(os.Args) > 9 {\n\treturn errors.New(url)\n}\n",
    'url := "a"\nfor i, each := range []int{1} {\n\t// later\n}\n',
    'count := 1\nfmt.Println("a")\ncount = Greet(2)\n',
    "panic(1)\n",
    "package shapes\n\nfunc Area() int { return 1 }\n",
)
JAVA_PAGE = (
    "record Point(int x, int y) {}\n",
    "Point p = new Point(1, 2);\nint sum(Point a) {\n    return a.x();\n}\nsum(p);\n",
    "List<Point> all = List.of(new Point(1, 1));\n",
    "return all.get(0);\n",
    "int total = 1;\nSystem.out.println(totl);\n",
    "public class A {}\n\npublic class B {\n    public static void main(String[] a) {}\n}\n",
    "@Override\npublic int area() {\n    return 1;\n}\n",
    "int[] none = new int[0];\n\nSystem.out.println(none[1]);\n",
    (
        "public class A { int x = 1 / 0; }\npublic class B {\n"
        "    public static void main(String[] a) { new A(); }\n}\n"
    ),
    'public class A {}\n\npublic interface C {\n    int Y = "a";\n}\n',
)
PAGES = {"go": GO_PAGE, "java": JAVA_PAGE}
CASES = {
    "go": (
        (0, "not_runnable", None, "it compiles; it has nothing to run"),
        (1, "passed", None, ""),
        (2, "passed", None, ""),
        (3, "not_runnable", None, "it needs url, which no earlier block of the page"),
        (4, "passed", None, ""),
        (5, "compile_error", 3, "cannot use"),
        (6, "runtime_error", 1, "panic: 1"),
        (7, "not_runnable", None, "it compiles; it is a library package"),
    ),
    "java": (
        (0, "not_runnable", None, "it compiles; it has no main"),
        (1, "passed", None, ""),
        (2, "passed", None, ""),
        (3, "passed", None, ""),
        (4, "compile_error", 2, "cannot find symbol: totl"),
        (5, "passed", None, ""),
        (6, "not_runnable", None, "it overrides a method of a class that"),
        (7, "runtime_error", 3, "ArrayIndexOutOfBoundsException"),
        (8, "runtime_error", 1, "ArithmeticException"),
        (9, "compile_error", 4, "incompatible types"),
    ),
}


async def became(
    validator: Validator, snippet: Snippet, earlier: list[Snippet]
) -> CodeValidationResult:
    """Return what becomes of a block, as the package says in which order."""
    alone = await validator.validate(snippet)
    reason = no_program(snippet, alone)
    if reason is not None:
        return not_runnable(alone, reason)
    tried = completion(snippet, alone, earlier=earlier)
    while tried is not None:
        found = judged(snippet, alone, tried, await validator.validate(tried.snippet))
        if not isinstance(found, Completion):
            return found
        tried = found
    return alone


@pytest.mark.parametrize("language", PAGES)
async def test_what_becomes_of_fragments(jail_cache_dir: Path, language: str) -> None:
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    async with Validator(provider=provider) as validator:
        blocks = [block(each, language) for each in PAGES[language]]
        for number, outcome, line, said in CASES[language]:
            found = await became(validator, blocks[number], blocks[:number])
            shown = f"{language} {number}: {found.details} {found.completed} {found.error}"
            assert found.outcome == outcome, shown
            assert found.error_line == line, shown
            assert said in found.details, shown
