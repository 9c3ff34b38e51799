"""The names that run before a notebook's cells, in a plain interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._models import Outcome
from daytona_validate._sandbox_files import contents

from .python_session import run

NAMES = contents("notebook")["cell_names.py"].decode()

SHOWS = """\
display([1, "a"], None)
display("a")
display()
assert get_ipython() is get_ipython()
if "IPKernelApp" in get_ipython().config:
    print(get_ipython().__class__.__name__)
get_ipython().run_line_magic("matplotlib", "inline")
get_ipython().magic("%load_ext autoreload")
print(sorted(name for name in globals() if not name.startswith("__")))
"""


@pytest.mark.slow
def test_values_are_shown_as_a_notebook_has_them_in_text(tmp_path: Path) -> None:
    verdict, step = run(tmp_path, [NAMES], SHOWS)
    assert verdict.outcome is Outcome.PASSED, step.stderr
    shown = ["[1, 'a']", "None", "'a'", "ZMQInteractiveShell", "[]"]
    assert step.stdout.decode().splitlines() == shown


ASKS = """\
class Figure:
    def _ipython_display_(self):
        pass


for ask in (
    lambda: get_ipython().kernel,
    lambda: hasattr(get_ipython(), "user_ns"),
    lambda: get_ipython().run_line_magic("bash", ""),
    lambda: get_ipython().magic("timeit f()"),
    lambda: display(1, display_id=True),
    lambda: display(Figure()),
):
    try:
        ask()
    except Exception as error:
        print(type(error).__name__, error, sep=": ")
display = print
display(1)
dispaly(1)
"""


@pytest.mark.slow
def test_what_only_a_kernel_has_is_an_error_of_its_own(tmp_path: Path) -> None:
    verdict, step = run(tmp_path, [NAMES], ASKS)
    assert step.stdout.decode().splitlines() == [
        "NeedsIPython: get_ipython().kernel",
        "NeedsIPython: get_ipython().user_ns",
        "NeedsIPython: %bash",
        "NeedsIPython: %timeit",
        "NeedsIPython: display(..., display_id=...)",
        "NeedsIPython: display() of a Figure",
        "1",
    ]
    assert (verdict.outcome, verdict.error_line) == (Outcome.RUNTIME_ERROR, 20)
    assert "dispaly" in verdict.details
