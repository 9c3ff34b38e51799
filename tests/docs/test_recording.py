"""The picture of `check` shows what `check` shows."""

from __future__ import annotations

import html
import re
import runpy

import pytest

from documented import ROOT, without_seconds

COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(600)
def test_the_picture_is_of_what_is_shown_now(shared_cache: None) -> None:
    record = runpy.run_path(str(ROOT / "docs" / "record_check.py"))
    texts = re.findall(r">([^<>]+)</text>", record["PICTURE"].read_text())
    drawn = html.unescape("".join(texts)).replace("\N{NO-BREAK SPACE}", " ")
    shown = COLOUR.sub("", record["shown"]())
    assert _words(shown) == _words(drawn.removeprefix("daytona-validate"))


def _words(text: str) -> str:
    return "".join(without_seconds(text).split())
