"""What a page says directly around a block is kept with it, in each kind of page."""

from __future__ import annotations

import json

import pytest

from daytona_validate._core.languages.table import find_language
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.notebook import read_notebook
from daytona_validate._courses.page import Page
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._courses.prose import paragraph_before, words_set_as_code
from daytona_validate._courses.rst import read_rst
from growth import assert_linear

MARKDOWN = """\
# Trains

The `Wagon` of a `train()`.

A train
> starts:

```python
ride()
```

**Output:** (Python 3.6)

```
ding
```

**Output (Python 3.12):**
```pycon
Traceback (most recent call last):
BellError: no
```

It rings
twice.

More words.
"""
RST = """\
Trains
======

A ``Wagon`` rolls.

**Output (Python 3.6)**

.. code-block:: python

    ride()

It fails.
"""


def language_of(word: str) -> str | None:
    found = find_language(word)
    return None if found is None else found.name


def first(page: Page) -> CourseSnippet:
    found = snippets_of_page(page)[0]
    assert found is not None
    return found


def test_a_page_of_markdown_says_what_stands_beside_a_block() -> None:
    course = first(read_page(MARKDOWN, path="a.md", language_of=language_of))
    around = course.context
    assert around.before == "A train starts:"
    assert around.captions == ("**Output:** (Python 3.6)", "**Output (Python 3.12):**")
    assert around.outputs[0] == "ding\n"
    assert "BellError: no" in around.outputs[1]
    assert course.named == {"Wagon", "train"}


def test_only_what_stands_directly_beside_it_counts() -> None:
    text = "words\n\n## Rides\n\n```python\nride()\n```\n\n---\n\nmore\n\n```\nding\n```\n"
    around = first(read_page(text, path="a.md", language_of=language_of)).context
    assert (around.before, around.after, around.outputs) == ("", "", ())


def test_a_page_of_restructured_text_has_captions_too() -> None:
    page = read_rst(RST, path="a.rst", language_of=language_of)
    around = first(page).context
    assert page.blocks[0].caption == "**Output (Python 3.6)**"
    assert around.before == "**Output (Python 3.6)**"
    assert around.after == "It fails."
    assert page.named == {"Wagon"}


def test_a_notebook_has_the_cells_beside_it_and_the_stored_error() -> None:
    error = {"output_type": "error", "ename": "BellError", "evalue": "no\nmore", "traceback": []}
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "source": "Words\n\nThe `Wagon` rings:"},
        {"cell_type": "code", "source": "ride()", "outputs": [error]},
        {"cell_type": "markdown", "source": ["It fails.\n", "\n", "Words"]},
        {"cell_type": "code", "source": "ride()", "outputs": []},
        {"cell_type": "code", "source": "ride()", "outputs": []},
    ]
    page = read_notebook(json.dumps({"cells": cells}), path="a.ipynb", language_of=language_of)
    ride, again, last = (each.context for each in snippets_of_page(page) if each is not None)
    assert (ride.before, ride.after) == ("The `Wagon` rings:", "It fails.")
    assert ride.outputs == ("BellError: no",)
    assert (again.before, again.after, again.outputs) == ("Words", "", ())
    assert last.before == ""
    assert page.named == {"Wagon"}


@pytest.mark.parametrize("text", ["`", "`a` ", "> ", "- ", "#"])
def test_hostile_prose_takes_linear_time(text: str) -> None:
    assert_linear(lambda said: words_set_as_code([said]), text)
    assert_linear(lambda said: paragraph_before([said] * 12, 12), text)
