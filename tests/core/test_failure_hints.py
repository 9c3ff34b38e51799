"""A page where a program should be is told, whatever its compiler makes of it."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.failure_hints import fence_hint
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.go import GO
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._models import Execution, Limits, Outcome, Snippet, Stage, Step

HINT = " (the code is Markdown: --fenced last takes the program from its fence)"


@pytest.mark.parametrize(
    "code",
    [
        "```\nx\n```",
        "\n\n  ```rust\nx",
        "~~~~\nx\n~~~~\n",
        "So:\n\n```py\nx\n```\n",
        "It's `f`:\n\n```py\nx = '''\n'''\n```\n",
        "So:\n\n1. a\n   ```bash\n   x\n   ```\n2. b\n   ``` Python {.x}\n   x\n   ```\n",
    ],
)
def test_markdown_is_told(code: str) -> None:
    assert fence_hint(code) == HINT


PROGRAMS = [
    "x = 1\n```bash\nls\n```\n",
    'PROMPT = """Answer with\n```python\ncode\n```\n"""\nask(PROMPT)\n',
    "def f():\n    '''\n    ```py\n    f()\n    ```\n    '''\n    ...\n",
    "const page = `\n\\`\\`\\`\n~~~js\nx\n~~~\n`\n",
    "/* So:\n```go\nf()\n```\n*/\nfunc f() {}\n",
    "# ```python\n# x\n# ```\nx\n",
]


@pytest.mark.parametrize("code", ["", "x", "`python`", "``\n``", *PROGRAMS])
def test_a_program_is_not(code: str) -> None:
    assert fence_hint(code) == ""


def test_it_is_told_in_the_details_however_long_they_are() -> None:
    step = Step(stage=Stage.RUN, exit_code=1, stderr=f"ValueError: {'x' * 900}\n".encode())
    snippet = Snippet(code="```py\nx\n```", language="python")
    verdict = classify(Execution(steps=(step,), runtime="r"), Job(snippet, PYTHON, Limits()))
    assert verdict.details.endswith(HINT)
    assert len(verdict.details) == 300


def test_an_answer_is_no_fragment() -> None:
    """A fragment is nobody's fault; an answer that was to be a program is one that failed."""
    stderr = b"./main.go:3:1: expected 'package', found x\n"
    step = Step(stage=Stage.COMPILE, exit_code=1, stderr=stderr)
    for code, outcome in (("x := 1\n", Outcome.NOT_RUNNABLE), ("Well, so:\n```go\nx\n```", None)):
        snippet = Snippet(code=code, language="go")
        verdict = classify(Execution(steps=(step,), runtime="r"), Job(snippet, GO, Limits()))
        assert verdict.outcome is (outcome or Outcome.COMPILE_ERROR)


def test_a_fragment_with_a_page_in_a_text_stays_one() -> None:
    code = f"%matplotlib inline\n{PROGRAMS[1]}"
    stderr = b'  File "/work/main.py", line 1\nSyntaxError: invalid syntax\n'
    step = Step(stage=Stage.COMPILE, exit_code=1, stderr=stderr)
    snippet = Snippet(code=code, language="python")
    verdict = classify(Execution(steps=(step,), runtime="r"), Job(snippet, PYTHON, Limits()))
    assert verdict.outcome is Outcome.NOT_RUNNABLE
