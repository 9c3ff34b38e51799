"""A library that says which package it lacks says what its sandbox lacks; a snippet may not."""

from __future__ import annotations

from functools import partial

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.python_told_packages import told_package
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Limits, Outcome, Snippet, Stage, Step
from for_each import for_each
from growth import assert_linear

OWN = 'Traceback (most recent call last):\n  File "/work/main.py", line 1, in <module>\n    x\n'
LIBRARY = '  File "/opt/packages/kiosk/mail.py", line 7, in mail\n    raise\n'


def verdict(
    said: str, *, trace: str = OWN + LIBRARY, code: str = "kiosk.mail()", is_block: bool = True
) -> Verdict:
    step = Step(stage=Stage.RUN, exit_code=1, stderr=f"{trace}{said}\n".encode())
    snippet = Snippet(code=code, language="python", is_block=is_block)
    job = Job(snippet, LANGUAGES["python"], Limits())
    return classify(Execution(steps=(step,), runtime="r"), job)


SAYS = {
    "ImportError: mail-check is not installed, run `pip install 'kiosk[mail]'`": "kiosk[mail]",
    "ImportError: mail-check is not installed": "mail-check",
    "RuntimeError: Install Kiosk with the 'async' extra in order to use stands.": "Kiosk[async]",
    "RuntimeError: Install parcel to use boxes": "parcel",
    "AssertionError: The `parcel` library must be installed to use boxes.": "parcel",
    "RuntimeError: kiosk.boxes requires the parcel package to be installed.": "parcel",
    'RuntimeError: Boxes require "parcel-tape" to be installed.': "parcel-tape",
    "ImportError: The `parcel-tape` package is required to use `Boxes`.": "parcel-tape",
    "kiosk.errors.MissingBoxError: please install parcel": "parcel",
    "ImportError: Missing optional dependency 'parcel'.  Use pip to install parcel.": "parcel",
    "kiosk.errors.ImproperlyConfigured: parcel box driver not found.": "parcel",
    "ModuleNotFoundError: No boxes. You need to install parcel": "parcel",
    "ImportError: python -m pip install -U --user parcel": "parcel",
}


@for_each("said", SAYS)
def test_a_package_that_a_library_says_it_lacks(said: str) -> None:
    found = verdict(said)
    assert found.outcome is Outcome.MISSING_DEPENDENCY
    assert found.details.endswith(f"; to install it: DAYTONA_PACKAGES__PYTHON={SAYS[said]}")
    assert found.missing is not None
    assert found.missing.name == SAYS[said]


SAID = "ImportError: parcel is not installed"


@for_each(
    ("said", "trace", "code"),
    [
        (SAID, OWN, "raise ImportError('...')"),
        (SAID, LIBRARY + OWN.replace("Trace", "trace"), "kiosk.mail()"),
        (SAID, OWN + LIBRARY.replace("/opt/", "/work/"), "kiosk.mail()"),
        (SAID, OWN + '  File "/usr/lib/python3.11/mail.py", line 7, in mail\n', "kiosk.mail()"),
        (SAID, OWN + LIBRARY, "kiosk.pack(with_='parcel')"),
        (SAID, OWN + LIBRARY, "kiosk.pack(PARCEL)"),
        ("ImportError: tape_box is not installed", OWN + LIBRARY, "pack('tape-box')"),
        ("ImportError: the plugin is not installed", OWN + LIBRARY, "kiosk.mail()"),
        ("ImportError: it must be installed", OWN + LIBRARY, "kiosk.mail()"),
        ("ImproperlyConfigured: the driver not found", OWN + LIBRARY, "kiosk.mail()"),
        ("ImportError: cannot import name 'boxs'", OWN + LIBRARY, "kiosk.mail()"),
        ("ValueError: parcel is not installed", OWN + LIBRARY, "kiosk.mail()"),
        ("TypeError: parcel must be installed", OWN + LIBRARY, "kiosk.mail()"),
        ("RuntimeError: parcel is installed", OWN + LIBRARY, "kiosk.mail()"),
        ("RuntimeError: Signing key is required for boxes", OWN + LIBRARY, "kiosk.mail()"),
        ("AssertionError: lid is required to use boxes", OWN + LIBRARY, "kiosk.mail()"),
        (SAID, OWN + LIBRARY.replace("    raise\n", ""), "exec(mail)"),
        (SAID, OWN + LIBRARY.replace("/opt/", "/work/opt/"), "import kiosk"),
    ],
)
def test_what_is_no_package_stays_the_snippets_fault(said: str, trace: str, code: str) -> None:
    assert verdict(said, trace=trace, code=code).outcome is Outcome.RUNTIME_ERROR


def test_a_program_that_stands_alone_keeps_its_failure() -> None:
    assert verdict(SAID, is_block=False).outcome is Outcome.RUNTIME_ERROR
    assert verdict(SAID).outcome is Outcome.MISSING_DEPENDENCY


@pytest.mark.parametrize("piece", ["a", "a ", "a-", "install ", "pip install --a ", "'", LIBRARY])
def test_long_messages_are_read_in_linear_time(piece: str) -> None:
    trace = [*OWN.split("\n"), LIBRARY]
    assert_linear(lambda text: told_package(f"ImportError: {text}", [*trace, text], ""), piece)
    assert_linear(partial(told_package, SAID, trace), piece)
