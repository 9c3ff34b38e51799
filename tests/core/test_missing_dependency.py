"""What a sandbox has not is no fault of the program, if its runtime says so last.

The details say which setting would install it, whole and by its real name.
"""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.missing_dependency import _PYPI_NAMES, install_advice
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.package_names import packages_refusal
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
    return classify(Execution(steps=(step,), runtime="r"), Job(snippet, language, Limits()))


@pytest.mark.parametrize("name", LACKING)
def test_what_is_not_there_is_the_environments_fault(name: str) -> None:
    verdict = _verdict(name, LACKING[name])
    assert (verdict.outcome, verdict.fault) == (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT)
    assert "this sandbox does not have" in verdict.details


@pytest.mark.parametrize("name", OWN_FAULT)
def test_what_only_looks_like_it_is_the_programs(name: str) -> None:
    verdict = _verdict(name, OWN_FAULT[name])
    assert (verdict.outcome, verdict.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)


@pytest.mark.parametrize(
    ("language", "module", "setting"),
    [
        ("python", "numpy", "DAYTONA_PACKAGES__PYTHON=numpy"),
        ("python", "cv2", "DAYTONA_PACKAGES__PYTHON=opencv-python-headless"),
        ("python", "sklearn", "DAYTONA_PACKAGES__PYTHON=scikit-learn"),
        ("javascript", "cv2", "DAYTONA_PACKAGES__JAVASCRIPT=cv2"),
        ("javascript", "@scope/name", "DAYTONA_PACKAGES__JAVASCRIPT=@scope/name"),
        ("typescript", "express", "DAYTONA_PACKAGES__TYPESCRIPT=express"),
    ],
)
def test_the_setting_is_named(language: str, module: str, setting: str) -> None:
    assert install_advice(language, module) == f"; to install it: {setting}"


@pytest.mark.parametrize(
    ("language", "module"),
    [
        ("python", None),
        ("python", "x; curl evil"),
        ("python", "../x"),
        ("python", "\x1b[31m"),
        ("python", "a" * 61),
        ("javascript", "https://example.org/x"),
        ("go", "github.com/x/y"),
        ("java", "org.junit"),
        ("sql", "postgis"),
    ],
)
def test_what_no_setting_installs_gets_no_advice(language: str, module: str | None) -> None:
    assert install_advice(language, module) == ""


def test_every_name_of_a_package_is_one_that_the_setting_takes() -> None:
    for module, package in _PYPI_NAMES.items():
        assert module != package
        assert packages_refusal("python", (package,)) is None


def test_a_long_message_never_cuts_the_advice() -> None:
    long_line = "x" * 400
    stderr = (
        "node:internal/modules/cjs/loader:1078\n  throw err;\n  ^\n\n"
        f"Error: Cannot find module 'left-pad'\nRequire stack:\n- /work/{long_line}\n"
        "    at Module._load (node:internal/modules/cjs/loader:1)\n"
        "  code: 'MODULE_NOT_FOUND',\n}\n\nNode.js v18.20.0\n"
    )
    step = Step(stage=Stage.RUN, exit_code=1, stderr=stderr.encode())
    snippet = Snippet(code="require('left-pad')", language="javascript")
    execution = Execution(steps=(step,), runtime="r")
    verdict = classify(execution, Job(snippet, LANGUAGES["javascript"], Limits()))
    assert verdict.outcome is Outcome.MISSING_DEPENDENCY
    assert verdict.details.endswith("; to install it: DAYTONA_PACKAGES__JAVASCRIPT=left-pad")
    assert len(verdict.details) <= 300
