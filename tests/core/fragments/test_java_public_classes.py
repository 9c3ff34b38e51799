"""Several public classes in one block of Java: each in a file of its own, on the block's lines."""

from __future__ import annotations

from dataclasses import replace

from block_results import block, compile_error, reason, result
from daytona_validate._core.fragments.completion import Completion
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._models import CodeValidationResult, Outcome

SEVERAL = """\
package shop;
import java.util.List;
public class A { List<B> all; }
public class B { public static void main(String[] a) {} }
class C {}
"""
SAID = "Main.java:2: error: class B is public, should be declared in a file named B.java"


def tried(code: str, *, alone: CodeValidationResult) -> Completion:
    """Return the first completion of a block."""
    found = completion(block(code, "java"), alone)
    assert found is not None
    return found


def final(done: Completion, said: CodeValidationResult) -> CodeValidationResult:
    """Return the result that the result of a completion leads to."""
    found = judged(block("", "java"), compile_error(SAID, "java"), done, said)
    assert not isinstance(found, Completion)
    return found


def test_several_public_classes_have_files_of_their_own_on_their_lines() -> None:
    done = tried(SEVERAL, alone=compile_error(SAID, "java"))
    blank = " " * len("public class A { List<B> all; }")
    assert done.snippet.code == SEVERAL.replace("public class A { List<B> all; }", blank)
    (name, content), *others = done.snippet.files.items()
    assert (name, others, done.note) == ("A.java", [], "A in a file of its own")
    assert str(content).split("\n")[:3] == SEVERAL.split("\n")[:3]
    assert not "".join(str(content).split("\n")[3:]).strip()
    three = tried(
        "public class A {}\npublic class B {}\npublic interface C {}",
        alone=compile_error(SAID, "java"),
    )
    assert three.note == "B, C in files of their own"
    assert three.snippet.code.startswith("public class A {}\n   ")
    lacking = result(
        Outcome.RUNTIME_ERROR,
        details="Code execution failed: Main method not found in class A",
        language="java",
    )
    assert reason(final(three, lacking)) == "it compiles; it has no main"


def test_imports_that_are_added_stand_after_a_package_clause() -> None:
    lacks = compile_error("Main.java:2: error: cannot find symbol\n  symbol:   class List", "java")
    done = tried("package a;\npublic class A { List<B> b; }\npublic class B {}", alone=lacks)
    assert done.snippet.code.startswith("package a; import ")
    assert str(done.snippet.files["B.java"]).startswith("package a; import ")


def test_a_public_class_that_no_file_can_be_named_after_is_not_public() -> None:
    """Twice declared, it is a mistake; as `Main` it would take the place of the others."""
    twice = "public class A {}\npublic class B {}\npublic class B {}"
    done = tried(twice, alone=compile_error(SAID, "java"))
    assert done.snippet.code == twice.replace("public class B", "       class B")
    assert done.note == "`public` taken off B, B"
    code = "public class A { void main() {} }\npublic class Main {}"
    assert tried(code, alone=compile_error(SAID, "java")).snippet.files == {}
    beside = replace(block(SEVERAL, "java"), files={"A.java": "class X {}"})
    kept = completion(beside, compile_error(SAID, "java"))
    assert kept is not None
    assert kept.snippet.files == {"A.java": "class X {}"}
    assert kept.note == "`public` taken off A"


def test_errors_in_such_a_file_are_the_blocks_own() -> None:
    done = tried(SEVERAL, alone=compile_error(SAID, "java"))
    wrong = compile_error("A.java:3: error: incompatible types: x", "java")
    refused = final(done, wrong)
    assert (refused.outcome, refused.error_line) == (Outcome.COMPILE_ERROR, 3)
    trace = (
        'Exception in thread "main" java.lang.IllegalStateException: no\n'
        "\tat java.base/java.util.List.of(List.java:9)\n\tat shop.A.go(A.java:3)\n"
        "\tat shop.B.main(Main.java:4)\n"
    )
    details = "Code execution failed: IllegalStateException: no (line 4)"
    thrown = result(Outcome.RUNTIME_ERROR, details=details, language="java", error=trace)
    thrown = replace(thrown, error_line=4)
    found = final(done, thrown)
    assert found.error_line == 3
    assert found.details == "Code execution failed: IllegalStateException: no (line 3)"
    elsewhere = replace(thrown, error=trace.replace("A.java", "Z.java"))
    assert final(done, elsewhere) == replace(elsewhere, completed=done.note)
