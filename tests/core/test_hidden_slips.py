"""A block that fails on purpose in one line has no mistake in another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error
from daytona_validate._core.details import failure_details
from daytona_validate._core.meant_to_fail import is_meant_to_fail


@pytest.mark.parametrize(
    ("other", "is_meant"),
    [
        ("index.ts(3,1): error TS2304: Cannot find name 'wagonqz'.", False),
        ("index.ts(3,1): error TS2322: Type 'string' is not.", True),
        ("index.ts(4,1): error TS2304: Cannot find name 'wagonqz'.", True),
        ("index.ts(2,1): error TS2345: no", True),
        ("it said no", True),
    ],
)
def test_an_error_on_purpose_hides_no_slip_in_another_line(other: str, *, is_meant: bool) -> None:
    code = "// @errors: 2345\nload(1);\nload(wagonqz);\nload(b); // no such name\n"
    said = compile_error(f"{other}\n", "typescript", 2)
    failed = replace(said, details=failure_details("TS2345: no (line 2)"))
    asked = block(code, "typescript")
    assert is_meant_to_fail(asked, failed) is is_meant
