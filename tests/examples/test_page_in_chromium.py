"""The page of the example service in a real browser: verdicts arrive, hostile output is text."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider, ran

from .conftest import Serve

CHROMIUM, NODE, NPM = (shutil.which(name) for name in ("chromium", "node", "npm"))
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
pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not (CHROMIUM and NODE and NPM),
        reason="chromium, node or npm is not installed: apt-get install chromium nodejs npm",
    ),
]


def answer(snippet: Snippet) -> Execution:
    if "fails" in snippet.code:
        return ran(stderr=f"ReferenceError: {HOSTILE}\n", exit_code=1)
    return ran(f"{HOSTILE}\n")


async def output_of(*words: str, folder: Path) -> str:
    quiet = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, env=quiet, stdout=asyncio.subprocess.PIPE
    )
    stdout, _ = await process.communicate()
    assert process.returncode == 0
    return stdout.decode()


async def test_verdicts_arrive_and_hostile_output_is_only_text(
    serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text("{}")
    install = (str(NPM), "install", "--silent", "--no-audit", "--no-fund", "playwright-core@1")
    await output_of(*install, folder=tmp_path)
    async with serve(FakeProvider(answer)) as client:
        address = str(client.base_url).rstrip("/")
        modules = str(tmp_path / "node_modules")
        words = (str(NODE), str(USE), str(CHROMIUM), modules, address, LESSON, PICTURE)
        found: dict[str, Any] = json.loads(await output_of(*words, folder=tmp_path))
    lesson = found["lesson"]
    assert lesson["state"] == "3 of 3 done, 2 passed."
    assert lesson["heads"] == ["Line 3: passed", "Line 7: runtime_error", "Line 15: passed"]
    assert lesson["faults"] == ["none", "snippet", "none"]
    assert lesson["printed"][0] == f"{HOSTILE}\n"
    assert lesson["elements"] == ["B", "LI", "PRE", "SPAN"], "nothing that output asked for"
    assert found["snippet"]["heads"] == ["Snippet: passed"]
    assert found["nothing"] == "No fenced block names a language."
    assert (found["owned"], found["said"]) == ("undefined", [])
