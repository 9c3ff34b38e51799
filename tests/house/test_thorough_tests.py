"""What the README's test command leaves out is listed in CONTRIBUTING, with its reason."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTION = re.compile(r"^## Tests$(.*?)^## ", re.MULTILINE | re.DOTALL)


def test_each_file_with_thorough_tests_is_listed_and_no_other() -> None:
    section = SECTION.search((ROOT / "CONTRIBUTING.md").read_text())
    assert section, "CONTRIBUTING.md has no section «Tests»"
    rows = re.findall(r"^\| (`tests/.*?) \| (.+?) \|$", section[1], re.MULTILINE)
    assert all(reason for _, reason in rows)
    marked = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if "pytest.mark.thorough" in path.read_text() and path != Path(__file__)
    }
    assert {name for files, _ in rows for name in re.findall(r"`(.+?)`", files)} == marked
