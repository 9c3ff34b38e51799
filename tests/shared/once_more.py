"""Which cases of the contract are others once more: they are left to the thorough tests."""

from __future__ import annotations

ALSO_AT_DAYTONA = frozenset({None, "python", "sql"})
"""What runs in Daytona's sandboxes each time; locally each language does in any case."""
LANGUAGE_PROGRAMS = "test_language_programs.py"
"""The only tests that start Java and Go each time: that costs a second of processor time."""
TESTS_OF_SNIPPETS = "test_run_tests.py"
"""Where TypeScript's are JavaScript's once more, with a compiler before them."""
USED_SANDBOXES = "test_used_sandboxes.py"
"""Where local sandboxes, none of which is used twice, come to the same as in all others."""


def is_once_more(file: str, case: str | None, language: str | None) -> bool:
    """Return whether a case is left to the thorough tests.

    Args:
        file: Name of the file of its test.
        case: What its sandboxes are: of a fake, local, or another; None: it has none.
        language: Of its program; None: it is of several.
    """
    is_dear = language in ("java", "go") and case != "fake"
    return (
        (is_dear and file != LANGUAGE_PROGRAMS)
        or (case == "daytona" and language not in ALSO_AT_DAYTONA)
        or (file, case, language) == (TESTS_OF_SNIPPETS, "local", "typescript")
        or (file, case) == (USED_SANDBOXES, "local")
    )
