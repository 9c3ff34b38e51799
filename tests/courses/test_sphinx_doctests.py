"""Sphinx's directives for doctest: their set-up, their code and their flag to skip."""

from __future__ import annotations

from pathlib import Path

import pytest

from collected import snippets_of
from daytona_validate._courses.collect import collect

MYST = """\
```{testsetup}
x = 1
```

```{doctest}
    :options: +SKIP, +ELLIPSIS

>>> x
2
```

```{testcode}
print(x)
```

```{doctest}
:options: +ELLIPSIS
>>> x
1
```
"""
RST = """\
.. testsetup::

   x = 1

.. doctest::
   :options: +SKIP, +ELLIPSIS

   >>> x
   2

.. testcode::

   print(x)

.. doctest::
   :options: +ELLIPSIS

   >>> x
   1
"""


@pytest.mark.parametrize(("name", "text"), [("lesson.md", MYST), ("lesson.rst", RST)])
def test_they_are_python_and_one_is_left_out(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    snippets = list(snippets_of(collect([str(tmp_path / name)])))
    assert [each.language for each in snippets] == ["python"] * 4
    assert [each.skip is not None for each in snippets] == [False, True, False, False]
    programs = [each.code.strip() for each in snippets if "shown_session" not in each.code]
    assert programs == ["x = 1", "print(x)"]
