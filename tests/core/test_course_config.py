"""What a course's configuration may say, and what is refused with the name of its file."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.course_config import (
    COURSE_KEYS,
    LIMIT_KEYS,
    NO_CONFIG,
    CourseConfig,
    course_config,
)
from daytona_validate._core.dialect import Dialect
from daytona_validate._errors import ConfigurationError
from daytona_validate._settings.folder_rules import FROM_A_FOLDER, ONLY_REQUESTED
from daytona_validate._settings.names import key
from for_each import for_each


def read(**table: object) -> CourseConfig:
    return course_config(table, source="a.toml", folder="/a")


def test_all_keys_are_read() -> None:
    assert read(
        session="page",
        exclude=["drafts/", "*.tmp.md"],
        strip=["*!*", "*/!*"],
        outputs=["comments", "fences"],
        setup={"SQL": "schema.sql", "py": "setup.py"},
        files=["data/*.csv"],
        packages={"py": ["numpy", "pandas==2.2"], "javascript": "left-pad, rxjs"},
        dialect="mdx",
        skip_marked="demo",
        only_marked=["run"],
        timeout=5,
    ) == CourseConfig(
        folder="/a",
        source="a.toml",
        session="page",
        exclude=("drafts/", "*.tmp.md"),
        strip=("*!*", "*/!*"),
        outputs=("comments", "fences"),
        setup={"sql": "schema.sql", "python": "setup.py"},
        files=("data/*.csv",),
        packages={"python": ("numpy", "pandas==2.2"), "javascript": ("left-pad", "rxjs")},
        dialect=Dialect.MDX,
        skip_marked=("demo",),
        only_marked=("run",),
    )


def test_a_text_stands_for_a_list_and_a_suffix_for_its_language() -> None:
    assert read(setup="db/schema.sql").setup == {"sql": "db/schema.sql"}
    assert read(setup=["a.sql", "b.py"]).setup == {"sql": "a.sql", "python": "b.py"}
    assert course_config({"skip-marked": "a"}, source="", folder="").skip_marked == ("a",)
    assert CourseConfig() == NO_CONFIG


@for_each(
    ("table", "telling"),
    [
        ({"sesion": "page"}, "a.toml has an unknown key 'sesion'; did you mean session?"),
        ({"zzz": 1}, "a.toml has an unknown key 'zzz'"),
        ({"api-key": "x"}, "api-key cannot be set in a.toml, which may be a stranger's"),
        ({"session": "pages"}, "session in a.toml accepts auto, none, page, section"),
        ({"session": ["page"]}, "session in a.toml accepts auto, none, page, section"),
        ({"dialect": "x"}, "dialect in a.toml accepts commonmark, mkdocs"),
        ({"exclude": [1]}, "exclude in a.toml accepts a text or a list of texts"),
        ({"exclude": [""]}, "exclude in a.toml accepts a text or a list of texts"),
        ({"files": ["../a"]}, "files in a.toml accepts paths inside the folder, unlike '../a'"),
        ({"files": "/etc/*"}, "accepts paths inside the folder, unlike '/etc/*'"),
        ({"files": "~/a"}, "accepts paths inside the folder"),
        ({"setup": "a\\b.sql"}, "accepts paths inside the folder"),
        ({"setup": {"sql": "../a.sql"}}, "setup in a.toml accepts paths inside the folder"),
        ({"setup": {"sql": 1}}, "setup in a.toml accepts texts, by language"),
        ({"setup": "notes.txt"}, "setup in a.toml accepts source files by their suffix"),
        ({"setup": {"cobol": "a.cob"}}, "setup in a.toml names no language: 'cobol'"),
        ({"packages": ["a"]}, "packages in a.toml accepts a table"),
        ({"packages": {"python": ["--index-url=x"]}}, "packages in a.toml is refused: "),
        ({"packages": {"perl": ["a"]}}, "packages in a.toml names no language: 'perl'"),
        ({"outputs": ["all"]}, "outputs in a.toml accepts comments, fences, notebook"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, object], telling: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read(**table)
    assert telling in str(error.value)


def test_the_limits_are_those_that_a_folder_may_set() -> None:
    """Both lists stand in layers that do not see one another."""
    assert {key(field) for field in FROM_A_FOLDER} == LIMIT_KEYS
    assert ONLY_REQUESTED <= COURSE_KEYS


VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(COURSE_KEYS | LIMIT_KEYS)), VALUES))
def test_any_value_is_read_or_refused(table: dict[str, object]) -> None:
    with suppress(ConfigurationError):
        read(**table)
