"""How Java blocks of a page are completed, and how javac's answer is read back to them.

What the compiler says here is what javac 17 said to the same programs.
"""

from __future__ import annotations

import pytest

from block_results import block, compile_error, reason, result
from daytona_validate._core.fragments.completion import MAX_TRIES, Completion
from daytona_validate._core.fragments.java_program import MEMBERS_FILE
from daytona_validate._core.fragments.tries import completion
from daytona_validate._models import CodeValidationResult, Outcome
from java_tries import FRAGMENT, final, further, missing, then, tried

PASSED = result(Outcome.PASSED, language="java")
RUN = "public static void main(String[] all) throws Throwable { new Main().run(); } }"


def test_statements_stand_in_a_main_method_on_their_own_lines() -> None:
    code = "// a\nimport java.util.List;\n\nint a = 1;\nprint(a); // b\n"
    done = tried(code)
    assert done.snippet.code == (
        "    \nimport java.util.List;\n\nclass Main { void run() throws Throwable { int a = 1;\n"
        f"print(a); }} {RUN}     \n"
    )
    assert done.note == "a class, a main method"
    passed = final(code, done, PASSED)
    assert (passed.outcome, passed.completed) == (Outcome.PASSED, done.note)


def test_the_usual_packages_are_imported_where_the_block_imports_nothing() -> None:
    done = tried("List<String> a = List.of();")
    assert done.snippet.code.startswith("import java.io.*; ")
    assert "import java.util.*; " in done.snippet.code
    assert done.note == "a class, a main method, imports of java.util and the like"
    assert "\n" not in done.snippet.code


def test_members_and_types_stand_beside_the_statements() -> None:
    code = "class A { }\nprivate int f() { return 1; }\nA a = new A();\nstatic record B() {}\nf();"
    done = tried(code, alone=compile_error("Main.java:3: error: what?", "java"))
    members = done.snippet.files[MEMBERS_FILE]
    assert isinstance(members, str)
    first, second, third, fourth, fifth = members.split("\n")
    assert first.endswith("class FragmentMembers { static class A { }")
    assert second == "        int f() { return 1; }"
    assert third.strip() == ""
    assert fourth == "static record B() {} }"
    assert fifth.strip() == ""
    lines = done.snippet.code.split("\n")
    assert lines[2].endswith(
        "class Main extends FragmentMembers { void run() throws Throwable { A a = new A();"
    )
    assert lines[4] == f"f(); }} {RUN}"


def test_members_alone_have_nothing_to_run() -> None:
    done = tried("int f() { return 1; }\nclass A {}")
    assert done.snippet.code.split("\n")[0].endswith("class Main { int f() { return 1; }")
    assert done.snippet.code.split("\n")[1] == (
        "static class A {} public static void main(String[] all) {} }"
    )
    assert reason(final("", done, PASSED)) == "it compiles; it has nothing to run"


def test_a_main_method_without_a_class_is_run() -> None:
    done = tried("public static void main(String[] a) { }")
    assert done.snippet.code.endswith("class Main { public static void main(String[] a) { } }")
    assert final("", done, PASSED).outcome is Outcome.PASSED
    own = tried("class Main {}\nfoo();", alone=compile_error("", "java"))
    assert "class Fragment extends FragmentMembers" in own.snippet.code


def test_imports_alone_are_compiled() -> None:
    done = tried("import a.B;\n// end")
    assert (
        done.snippet.code
        == "import a.B;class Main {  public static void main(String[] all) {} }\n      "
    )


@pytest.mark.parametrize(
    ("code", "alone"),
    [
        ("", FRAGMENT),
        ("// a", FRAGMENT),
        ("class A { int f( }", compile_error("Main.java:1: error: what?", "java")),
        ("class A { int a = b; }", compile_error("Main.java:1: error: what?", "java")),
        ("class A { void main() { B b; } }", compile_error(missing("B"), "java")),
        ("class A {}", PASSED),
        ("int a = 1;", result(Outcome.MISSING_DEPENDENCY, language="java")),
    ],
)
def test_programs_with_mistakes_are_left_alone(code: str, alone: CodeValidationResult) -> None:
    assert completion(block(code, "java"), alone) is None


def test_a_program_takes_types_of_earlier_blocks_without_packages() -> None:
    imports = "package a;\nimport a.b.Shape;\nimport java.util.List;\n"
    code = imports + "class M { void main() { Shape s; } }"
    said = missing("Shape", line=4) + "\nMain.java:2: error: package a.b does not exist"
    done = tried(
        code,
        "class Shape { Old a; }",
        "package a.b;\npublic class Shape { Size a; }\nclass Other {}",
        "import java.util.*;\nenum Size { S }",
        "class Broken {",
        alone=compile_error(said, "java"),
    )
    assert done.note == "Shape, Size of earlier blocks"
    assert done.snippet.code.split("\n")[:3] == [" " * 10, " " * 17, "import java.util.List;"]
    shape, size = done.snippet.files["Earlier2.java"], done.snippet.files["Earlier3.java"]
    assert isinstance(shape, str)
    assert "import java.util.*; " in shape
    assert shape.split("\n")[1:] == ["       class Shape { Size a; }", "              "]
    assert size == "import java.util.*;\nenum Size { S }"


def test_an_unknown_name_in_a_program_is_a_mistake() -> None:
    code = "class A { Shape a; Other b; void main() {} }"
    done = tried(code, "class Shape {}", alone=compile_error(missing("Shape"), "java"))
    found = final(code, done, missing("Other"))
    assert found.details == "Code execution failed: cannot find symbol: Other (line 1)"


def test_statements_take_methods_and_variables_of_earlier_blocks() -> None:
    earlier = (
        "import java.util.List;\nprivate int twice(int a) { return 2 * a; }",
        'List<String> all = // of\n\tList.of(\n"a b");\nprint(all);',
    )
    code = "print(twice(all.size()));"
    done = tried(code, *earlier)
    said = missing("all", kind="variable") + "\n" + missing("twice", kind="method")
    again = further(code, done, said)
    assert again.note.endswith(", twice, all of earlier blocks")
    members = again.snippet.files["EarlierMembers.java"]
    assert isinstance(members, str)
    assert members.split("\n", 1)[1] == (
        "import java.util.List;\nclass EarlierMembers {\nint twice(int a) { return 2 * a; }\n}\n"
    )
    assert (
        "class Main extends EarlierMembers { void run() throws Throwable { "
        'List<String>all=List.of("a b"); print(twice(all.size())); }'
    ) in again.snippet.code
    failed = result(Outcome.RUNTIME_ERROR, language="java")
    assert reason(final(code, again, failed)) == (
        "it compiles; it goes on from statements of earlier blocks"
    )


def test_members_take_methods_of_earlier_blocks() -> None:
    done = tried("int f() { return g(); }", "int g() { return new int[] {1}[0]; }")
    again = further("", done, missing("g", kind="method"))
    assert "class Main extends EarlierMembers { int f()" in again.snippet.code


def test_a_class_without_main_gets_imports_and_one_with_main_none() -> None:
    done = tried("class A { List<String> a; }", alone=compile_error(missing("List"), "java"))
    assert done.note == "imports of java.util and the like"
    assert done.snippet.code.endswith("; class A { List<String> a; }")
    shown = tried(
        "import java.util.Map;\nclass A { List<String> a; }",
        alone=compile_error(missing("List", line=2), "java"),
    )
    found = final("", shown, missing("List", line=2))
    assert (found.outcome, found.error_line) == (Outcome.COMPILE_ERROR, 2)
    assert found.details == "Code execution failed: cannot find symbol: List (line 2)"


@pytest.mark.parametrize("name", ["Shape", "Totally", "TOTAL"])
def test_a_name_that_nothing_has_is_a_gap(name: str) -> None:
    done = tried(f"{name} total;")
    found = final("", done, missing(name))
    assert reason(found) == f"it needs {name}, which no earlier block of the page has"
    mainless = tried(f"class A {{ {name} total; }}", alone=compile_error(missing(name), "java"))
    assert mainless.note == ""
    assert reason(final("", mainless, missing(name))).startswith(f"it needs {name}")


@pytest.mark.parametrize("name", ["string", "Strin", "ListQz", "totla", "doubleQz", "Sqare"])
def test_a_misspelt_name_is_a_mistake(name: str) -> None:
    done = tried(f"int total = 1;\n{name} a;", "class Square {}")
    found = final("", done, missing(name, line=2))
    assert (found.outcome, found.error_line) == (Outcome.COMPILE_ERROR, 2)


def test_statements_may_return_something() -> None:
    said = "Main.java:1: error: incompatible types: unexpected return value"
    again = further("return 1;", tried("return 1;"), said)
    assert "Object run() throws Throwable { if (Boolean.TRUE) { return 1; } return null; }" in (
        again.snippet.code
    )
    assert final("return 1;", again, said).outcome is Outcome.COMPILE_ERROR


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            "method does not override or implement a method from a supertype",
            "it overrides a method of a class that the block does not show",
        ),
        ("missing method body, or declare abstract", "it lists methods without their bodies"),
    ],
)
def test_members_of_a_class_that_is_not_shown(said: str, why: str) -> None:
    done = tried("@Override public int f() { return 1; }")
    assert reason(final("", done, f"Main.java:1: error: {said}")) == why
    whole = tried("class A { B b; }", alone=compile_error(missing("B"), "java"))
    assert final("", whole, f"Main.java:1: error: {said}").outcome is Outcome.COMPILE_ERROR


def test_an_error_of_an_earlier_block_is_not_blamed_on_this_one() -> None:
    earlier = "class Shape { Sise a; }"
    done = tried("class A { Shape a; }", earlier, alone=compile_error(missing("Shape"), "java"))
    found = final("", done, missing("Sise", file="Earlier1"))
    assert reason(found) == "it needs Shape of an earlier block: cannot find symbol: Sise"
    main = "class A { Shape a; void main() {} }"
    program = tried(main, earlier, alone=compile_error(missing("Shape"), "java"))
    assert then("", program, missing("Sise", file="Earlier1")) is FRAGMENT
    assert then("", tried("f();"), "error: the compiler failed") is FRAGMENT


def test_tries_come_to_an_end() -> None:
    done: CodeValidationResult | Completion = tried("return a;", "int a = 1;")
    said = "Main.java:1: error: incompatible types: unexpected return value\n"
    count = 0
    while isinstance(done, Completion):
        count += 1
        done = then("return a;", done, said + missing("a", kind="variable"))
    assert count < MAX_TRIES


@pytest.mark.parametrize("outcome", [Outcome.RUNTIME_ERROR, Outcome.TIMEOUT])
def test_what_runs_and_fails_has_failed(outcome: Outcome) -> None:
    found = final("", tried("f();"), result(outcome, language="java"))
    assert found.outcome is outcome
    assert found.completed is not None
