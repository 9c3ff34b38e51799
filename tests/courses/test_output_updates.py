"""Shown outputs become what was printed; every other byte of a page stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.output_updates import LineEdit, output_updates, updated
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._models import CodeValidationResult, LostBytes, Outcome, Stage
from for_each import for_each
from made_results import made_reported

WRONG = made_reported(outcome=Outcome.WRONG_OUTPUT, path=None, stage=Stage.CHECK).result


LANGUAGES = {"python": "python", "sql": "sql", "js": "javascript"}
TABLE = " a \n---\n 1\n(1 row)\n\n"


def after(page: str, output: str, result: CodeValidationResult = WRONG) -> str:
    """Return a page whose first block printed something, as it is then."""
    read = read_page(page, path="a.md", language_of={**LANGUAGES}.get)
    course = snippets_of_page(read, outputs=("comments", "fences"))[0]
    assert course is not None
    found = output_updates(course, replace(result, output=output))
    edits = [each for each in found if isinstance(each, LineEdit)]
    content, _ = updated(page.encode(errors="surrogateescape"), edits)
    return content.decode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("page", "output", "new"),
    [
        ("```python\n>>> 1\n2\n```\n", ">>> 1\n1\n", "```python\n>>> 1\n1\n```\n"),
        (
            "\ufeff- ```python\r\n  >>> 1\r\n  2\r\n\r\n  >>> 3\r\n  3\r\n  ```\r\n\udcff",
            ">>> 1\n1\n4\n\n>>> 3\n3\n",
            "\ufeff- ```python\r\n  >>> 1\r\n  1\r\n  4\r\n\r\n  >>> 3\r\n  3\r\n  ```\r\n\udcff",
        ),
        ("> ```python\n> >>> 1\n> 2\n> ```\n", ">>> 1\n1\n", "> ```python\n> >>> 1\n> 1\n> ```\n"),
        ("```python\n>>> 1\n2\n\n```\n", ">>> 1\n1\n\n\n", "```python\n>>> 1\n1\n\n```\n"),
        (
            "```python\nprint(1)\n```\n```\n2\n3\n```\nend",
            "1\n",
            "```python\nprint(1)\n```\n```\n1\n```\nend",
        ),
        (
            "```python\nprint(1)\n```\n- ```\n  2\n  ```\n",
            "1\n\n3\n",
            "```python\nprint(1)\n```\n- ```\n  1\n\n  3\n  ```\n",
        ),
        (
            "```python\nx = 1  # 5\nprint(x)  # 5, so\nprint(2)\n# => 3\nprint(4)\n```\n",
            "1\n2\n4\n",
            "```python\nx = 1  # 5\nprint(x)  # 1, so\nprint(2)\n# => 2\nprint(4)\n```\n",
        ),
        ("```python\nprint('b')  # 'a'\n```\n", "b\n", "```python\nprint('b')  # 'b'\n```\n"),
        ("```sql\nSELECT 1; -- 2\n```\n", TABLE, "```sql\nSELECT 1; -- 1\n```\n"),
        (
            "```sql\nSELECT 1;\n```\n\n```\n a\n---\n 2\n(1 row)\n```\n",
            TABLE,
            "```sql\nSELECT 1;\n```\n\n```\n a\n---\n 1\n(1 row)\n```\n",
        ),
    ],
)
def test_what_was_printed_is_shown(page: str, output: str, new: str) -> None:
    assert after(page, output) == new


@pytest.mark.parametrize(
    ("page", "output"),
    [
        ("```python\nprint(1)  # 2\n    print(2)  # 3\n```\n", "1\n2\n"),  # perhaps never, or twice
        ("```python\nprint(1)  # 2\n```\n", "1\n1\n"),
        ("```python\nprint(1)\n# => 2\n# => 3\n```\n", "1\n"),
        ("```python\nprint(1)  # 1\n```\n", "1\n"),
        ("```sql\nSELECT 1; -- 2\n```\n", "1\n"),
        ("```sql\nSELECT 1; -- 2\n```\n", f"{TABLE}{TABLE}"),
    ],
)
def test_what_is_not_certain_is_left_alone(page: str, output: str) -> None:
    assert after(page, output) == page


FENCES = "```python\nprint(1)\n```\n\n```output\n2\n```\n"
PROMPT = "```js\n> f()\n2\n```\n"


@pytest.mark.parametrize(
    ("page", "output", "new"),
    [
        (PROMPT, "f()\n1\n", PROMPT.replace("2", "1")),
        (PROMPT, "f()\n1\nundefined\n", PROMPT.replace("2", "1")),
        (
            PROMPT.replace("2", "5\nundefined"),
            "f()\n1\nundefined\n",
            PROMPT.replace("2", "1\nundefined"),
        ),
        (
            "```sql\n=# SELECT 1;\n a\n---\n 2\n(1 row)\n```\n",
            TABLE,
            "```sql\n=# SELECT 1;\n a\n---\n 1\n(1 row)\n```\n",
        ),
        *((PROMPT, f"f()\n{output}", PROMPT) for output in ("```\n", "> evil()\n", "... x\n", "")),
        (PROMPT, "", PROMPT),
    ],
)
def test_what_a_prompt_printed_is_shown(page: str, output: str, new: str) -> None:
    assert after(page, output) == new


SESSION = "```python\n>>> print(x)\n2\n```\n"
COMMENT = "```python\nprint(x)  # 2\n```\n"


@for_each(
    ("page", "output"),
    [
        (FENCES, "a\n```\n"),
        (FENCES, "a\n   ````python\n"),
        (FENCES, "a\n> ~~~\n"),
        (FENCES, "a\n:::{note}\n"),
        (FENCES, "a\r# evil\n"),
        (FENCES, "\x1b[2Ja\0\n"),
        (SESSION, ">>> print(x)\n```\n"),
        (SESSION, ">>> print(x)\n>>> evil()\n"),
        (SESSION, ">>> print(x)\n... evil()\n"),
        (SESSION, ">>> print(x)\nIn [1]: evil()\n"),
        ("```python\n  >>> print(x)\n  2\n```\n", "  >>> print(x)\n  evil()\n"),
        (COMMENT, "1\revil()\n"),
        (COMMENT, "1\u2028evil()\n"),
        (COMMENT, "*/ evil() /*\n"),
        (COMMENT, '""" + evil() + """\n'),
        (COMMENT, "` + evil() + `\n"),
        (COMMENT, "\\u000a evil()\n"),
    ],
)
def test_what_could_be_read_as_more_than_an_output_is_not_written(page: str, output: str) -> None:
    assert after(page, output) == page


def test_a_fence_within_a_longer_one_and_an_input_that_fails_now_are_outputs() -> None:
    page = "```python\nprint(1)\n```\n````\n```\n2\n````\n"
    assert after(page, "```\n1\n") == page.replace("2", "1")
    error = "Traceback (most recent call last):\nNameError: name 'x' is not defined"
    failed = SESSION.replace("2", error)
    assert after(SESSION, f">>> print(x)\n{error}\n") == failed
    assert after(failed, ">>> print(x)\n2\n") == SESSION


def test_only_a_wrong_output_that_was_kept_whole_is_shown() -> None:
    page = "```python\n>>> 1\n2\n```\n"
    passed = replace(WRONG, outcome=Outcome.PASSED)
    assert after(page, ">>> 1\n1\n", passed) == page
    assert after(page, ">>> 1\n1\n", replace(WRONG, lost_bytes=LostBytes(stdout=1))) == page


def test_a_block_that_has_no_line_of_its_own_is_left_alone() -> None:
    read = read_page(COMMENT, path="a.md", language_of={"python": "python"}.get)
    course = snippets_of_page(read, outputs=("comments",))[0]
    assert course is not None
    wrong = replace(WRONG, output="1\n")
    assert len(list(output_updates(course, wrong))) == 1
    assert not list(output_updates(replace(course, code_line=None), wrong))


def test_a_page_that_is_not_as_it_was_read_is_left_alone() -> None:
    edits = [LineEdit(1, ("a",), ("b",)), LineEdit(3, ("c",), ("d",)), LineEdit(9, ("e",), ("f",))]
    assert updated(b"x\nb\n  c\n", edits) == (b"x\nb\n  d\n", (edits[1],))


@given(st.binary())
def test_without_edits_every_byte_stays(content: bytes) -> None:
    assert updated(content, []) == (content, ())
