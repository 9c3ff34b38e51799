"""A missing dependency says which setting would install it, whole and by its real name."""

from __future__ import annotations

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.install_advice import _PYPI_NAMES, install_advice
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.package_names import packages_refusal
from daytona_validate._models import Execution, Limits, Outcome, Snippet, Stage, Step


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
    verdict = classify(execution, snippet, LANGUAGES["javascript"], Limits())
    assert verdict.outcome is Outcome.MISSING_DEPENDENCY
    assert verdict.details.endswith("; to install it: DAYTONA_PACKAGES__JAVASCRIPT=left-pad")
    assert len(verdict.details) <= 300
