"""Blocks for a compiler that is less strict, and the mistakes in such."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, result
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome

INITIALIZED = "index.ts(3,3): error TS2564: Property 'size' has no initializer."


@pytest.mark.parametrize(
    ("top", "said", "is_asked"),
    [
        ("// @strict: false", INITIALIZED, True),
        ("//@strictNullChecks: false", INITIALIZED, True),
        ("// @noImplicitAny: false", "index.ts(3,3): error TS7006: Parameter 'a'", True),
        ("// @noImplicitAny: false", INITIALIZED, False),
        ("// @strict: true", INITIALIZED, False),
        ("// @noImplicitReturns: false", INITIALIZED, False),
        ("const a = '// @strict: false'", INITIALIZED, False),
        ("// @strict: false", f"{INITIALIZED}\nindex.ts(4,3): error TS2304: Cannot find", False),
        ("// @strict: false", "index.ts(4,3): error TS2322: Type 'a'", False),
    ],
)
def test_errors_of_strict_rules(top: str, said: str, *, is_asked: bool) -> None:
    own = said.partition("error ")[2].partition("\n")[0]
    failed = result(
        Outcome.COMPILE_ERROR, said, details=f"Code execution failed: {own}", language="typescript"
    )
    found = no_program(block(f"{top}\nclass Wagon {{ size: number; }}", "typescript"), failed)
    assert (found is not None) == is_asked
    untold = replace(failed, error=None, details="Code execution failed: it ended")
    assert no_program(block(top, "typescript"), untold) is None
