from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from daytona_validate._courses.collect import collect

EXAMPLES = Path(__file__).parents[2] / "examples"


def languages_of(name: str) -> Counter[str]:
    return Counter(each.language for each in collect([str(EXAMPLES / name)]))


def test_the_example_pages_have_the_blocks_that_the_readme_speaks_of() -> None:
    assert languages_of("course.md") == {"python": 4, "javascript": 3}
    assert languages_of("mistakes.md") == {"python": 4, "javascript": 2}


def test_every_example_record_can_be_read_and_checks_its_output() -> None:
    path = EXAMPLES / "snippets.jsonl"
    snippets = list(collect([str(path)]))
    assert len(snippets) == len(path.read_text().splitlines())
    assert all(each.unreadable is None for each in snippets)
    assert all(each.expected_output for each in snippets)
    assert any(each.stdin for each in snippets)
    assert all(json.loads(line)["id"] for line in path.read_text().splitlines())
