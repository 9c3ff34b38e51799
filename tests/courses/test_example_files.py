from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from collected import snippets_of
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._courses.collect import collect

EXAMPLES = Path(__file__).parents[2] / "examples"


def languages_of(name: str) -> Counter[str]:
    return Counter(each.language for each in snippets_of(collect([str(EXAMPLES / name)])))


def test_the_example_pages_have_the_blocks_that_the_readme_speaks_of() -> None:
    assert languages_of("course.md") == {
        "python": 4,
        "javascript": 3,
        "typescript": 2,
        "go": 2,
        "sql": 2,
    }
    assert languages_of("java.md") == {"java": 3}
    assert languages_of("mistakes.md") == {
        "python": 4,
        "javascript": 2,
        **dict.fromkeys(("typescript", "java", "go", "sql"), 1),
    }


def test_the_course_page_needs_nothing_that_does_not_come_with_this_package() -> None:
    """The README's first command has to pass on a machine without a JDK."""
    assert "java" not in languages_of("course.md")


def test_all_languages_have_an_example_that_passes_and_one_that_fails() -> None:
    passing = languages_of("course.md") + languages_of("java.md")
    assert set(passing) == set(LANGUAGES) == set(languages_of("mistakes.md"))


def test_every_example_record_can_be_read_and_checks_its_output() -> None:
    path = EXAMPLES / "snippets.jsonl"
    snippets = list(snippets_of(collect([str(path)])))
    assert len(snippets) == len(path.read_text().splitlines())
    assert all(each.unreadable is None for each in snippets)
    assert all(each.expected_output for each in snippets)
    assert any(each.stdin for each in snippets)
    assert all(json.loads(line)["id"] for line in path.read_text().splitlines())
