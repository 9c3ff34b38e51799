"""The page of the example service in a real browser: verdicts arrive, hostile output is text."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chromium import MARKS, PLAYWRIGHT, seen_by
from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider, ran

from .conftest import Serve

USE = Path(__file__).with_name("use_page.mjs")
PICTURE = os.environ.get("DAYTONA_TEST_PICTURE", "")
"""A file for a picture of the page; without one none is made."""
HOSTILE = (
    "</pre><script>owned = 1</script><img src=x onerror='owned = 2'><svg onload=owned=3></svg>"
    "<style>* { display: none }</style><iframe srcdoc='<script>parent.owned=4</script>'></iframe>"
)
LESSON = f"""# Hostile

```python
hostile
```

~~~js
fails
~~~

```
no language
```

````python
{HOSTILE}
````
"""
pytestmark = [pytest.mark.thorough, *MARKS]


def answer(snippet: Snippet) -> Execution:
    if "fails" in snippet.code:
        return ran(stderr=f"ReferenceError: {HOSTILE}\n", exit_code=1)
    return ran(f"{HOSTILE}\n")


async def test_verdicts_arrive_and_hostile_output_is_only_text(
    serve: Serve, tmp_path: Path
) -> None:
    async with serve(FakeProvider(answer)) as client:
        address = str(client.base_url).rstrip("/")
        look = partial(seen_by, folder=tmp_path, packages=(PLAYWRIGHT,))
        found: dict[str, Any] = await asyncio.to_thread(look, USE, address, LESSON, PICTURE)
    lesson = found["lesson"]
    assert lesson["state"] == "3 of 3 done, 2 passed."
    assert lesson["heads"] == ["Line 3: passed", "Line 7: runtime_error", "Line 15: passed"]
    assert lesson["faults"] == ["none", "snippet", "none"]
    assert lesson["printed"][0] == f"{HOSTILE}\n"
    assert lesson["elements"] == ["B", "LI", "PRE", "SPAN"], "nothing that output asked for"
    assert found["snippet"]["heads"] == ["Snippet: passed"]
    assert found["nothing"] == "No fenced block names a language."
    assert (found["owned"], found["said"]) == ("undefined", [])
