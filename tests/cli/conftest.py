from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from daytona_validate._cli.program import program
from daytona_validate.testing import FakeProvider

from .strangers_folder import Stranger, strangers_folder

Invoke = Callable[..., Result]


@pytest.fixture(autouse=True)
def _cache(shared_cache: None) -> None:
    """No command prepares toolchains anew."""


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, in no CI and with no wish about colours."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def invoke(in_folder: Path) -> Invoke:
    """Call the command line as a function, with a provider that runs nothing."""

    def call(*args: str, provider: FakeProvider | None = None, stdin: str | None = None) -> Result:
        fake = FakeProvider() if provider is None else provider
        result = CliRunner().invoke(program, list(args), obj=fake, input=stdin)
        assert fake.alive == 0
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def page(in_folder: Path) -> Path:
    """A page with three snippets and three blocks that are none."""
    path = in_folder / "lesson.md"
    path.write_text(PAGE)
    return path


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Stranger]:
    """A folder that somebody made to harm its user."""
    with strangers_folder(tmp_path) as found:
        yield found


PAGE = """\
# Lesson

```python
print("one")
```

```bash
ls
```

```js
boom()
```

```yaml
a: 1
```

```yaml
b: 2
```

```python
print("three")
```
"""
