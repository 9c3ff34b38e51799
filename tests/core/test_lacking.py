"""What a sandbox has not is no fault of the program, if its runtime says so last."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.verdict import Verdict
from daytona_validate._models import Execution, Fault, Limits, Outcome, Snippet, Stage, Step

PYTHON = 'Traceback (most recent call last):\n  File "/work/main.py", line 1, in <module>\n'
JAVA = 'Exception in thread "main" '
FRAME = "\n\tat Main.main(Main.java:3)\n"

LACKING = {
    "python-display": PYTHON
    + "_tkinter.TclError: no display name and no $DISPLAY environment variable\n",
    "python-no-server": PYTHON + '_tkinter.TclError: couldn\'t connect to display ":0"\n',
    "python-locale": PYTHON + "locale.Error: unsupported locale setting\n",
    "python-module": PYTHON + "ModuleNotFoundError: No module named 'tkinter'\n",
    "java-display": JAVA
    + "java.awt.HeadlessException: \nNo X11 DISPLAY variable was set,\n"
    + "but this program performed an operation which requires it,"
    + "\n\tat java.desktop/java.awt.Window.<init>(Window.java:553)"
    + FRAME,
    "java-headless": JAVA
    + "java.lang.UnsatisfiedLinkError: Can't load library: /opt/java/lib/libawt_xawt.so"
    + FRAME,
}
"""As 3.11 and 17 wrote them."""
OWN_FAULT = {
    "python-printed": "_tkinter.TclError: no display name and no $DISPLAY environment variable\n",
    "python-other-tcl": PYTHON + '_tkinter.TclError: bad window path name ".x"\n',
    "python-of-windows": PYTHON + "ModuleNotFoundError: No module named 'winreg'\n",
    "java-other-library": JAVA
    + "java.lang.UnsatisfiedLinkError: no mine in java.library.path: /usr/lib"
    + FRAME,
    "java-its-own": JAVA + "my.HeadlessException: none" + FRAME,
}


def _verdict(name: str, stderr: str) -> Verdict:
    language = LANGUAGES[name.partition("-")[0]]
    step = Step(stage=Stage.RUN, exit_code=1, stderr=stderr.encode())
    snippet = Snippet(code="x", language=language.name)
    return classify(Execution(steps=(step,), runtime="r"), snippet, language, Limits())


@pytest.mark.parametrize("name", LACKING)
def test_what_is_not_there_is_the_environments_fault(name: str) -> None:
    verdict = _verdict(name, LACKING[name])
    assert (verdict.outcome, verdict.fault) == (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT)
    assert "this sandbox does not have" in verdict.details


@pytest.mark.parametrize("name", OWN_FAULT)
def test_what_only_looks_like_it_is_the_programs(name: str) -> None:
    verdict = _verdict(name, OWN_FAULT[name])
    assert (verdict.outcome, verdict.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)
