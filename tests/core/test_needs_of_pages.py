"""Blocks of pages may be meant for a browser or a network; programs that stand alone are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import (
    Execution,
    Fault,
    Limits,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
    Stage,
    Step,
)

BROWSER = {
    "document": ("ReferenceError: document is not defined", "document"),
    "window": ("ReferenceError: window is not defined", "window"),
    "storage": ("ReferenceError: localStorage is not defined", "localStorage"),
    "element": ("ReferenceError: HTMLInputElement is not defined", "HTMLInputElement"),
}
OWN = {
    "wrong_name": "ReferenceError: documents is not defined",
    "class": "ReferenceError: Node is not defined",
    "before_it_is_made": "ReferenceError: Cannot access 'window' before initialization",
    "property": "TypeError: window.nothing is not a function",
    "address": "TypeError: Failed to parse URL from nothing",
    "made_up": "Error: document is not defined",
}


def _verdict(
    message: str, *, is_block: bool, language: str = "javascript", code: str = "x"
) -> Verdict:
    record = LANGUAGES[language]
    place = f"/work/{record.entry_file}:2"
    shown = f"{place}\nx\n^\n\n{message}\n    at {place}:1\n\nNode.js v24.1.0\n"
    step = Step(stage=Stage.RUN, exit_code=1, stderr=shown.encode())
    snippet = Snippet(code=code, language=language, is_block=is_block)
    return classify(Execution(steps=(step,), runtime="r"), Job(snippet, record, Limits()))


@pytest.mark.parametrize(("message", "name"), BROWSER.values(), ids=BROWSER)
@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_block_that_needs_a_browser_is_not_to_blame(message: str, name: str, language: str) -> None:
    verdict = _verdict(message, is_block=True, language=language)
    assert (verdict.outcome, verdict.fault) == (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT)
    assert verdict.missing == Missing(MissingKind.BROWSER, name)
    assert verdict.error_line == 2
    assert verdict.details.endswith("; this sandbox does not have a browser")
    alone = _verdict(message, is_block=False, language=language)
    assert (alone.outcome, alone.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)


def test_block_that_fetches_is_not_to_blame() -> None:
    verdict = _verdict("TypeError: fetch failed", is_block=True)
    assert (verdict.outcome, verdict.fault) == (Outcome.MISSING_DEPENDENCY, Fault.ENVIRONMENT)
    assert verdict.details.endswith("; this sandbox does not have a network")
    assert _verdict("TypeError: fetch failed", is_block=False).outcome is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize("message", OWN.values(), ids=OWN)
def test_what_only_looks_like_it_stays_the_blocks(message: str) -> None:
    verdict = _verdict(message, is_block=True)
    assert (verdict.outcome, verdict.fault) == (Outcome.RUNTIME_ERROR, Fault.SNIPPET)


DECLARED = {
    "function": ("declare function document(x: string): void;", True),
    "const": ("let a = 1;\n  export declare const document: string;", True),
    "class": ("declare abstract class document {}", True),
    "other_name": ("declare const documents: string;", False),
    "comment": ("// declare const document: string;", False),
    "made": ("const document = 1;", False),
}


@pytest.mark.parametrize(("code", "is_declared"), DECLARED.values(), ids=DECLARED)
def test_block_that_only_declares_what_it_uses_is_not_to_be_run(
    code: str, *, is_declared: bool
) -> None:
    message = "ReferenceError: document is not defined"
    verdict = _verdict(message, is_block=True, language="typescript", code=code)
    assert (verdict.outcome is Outcome.NOT_RUNNABLE) is is_declared
    assert ("it type-checks, and only declares document" in verdict.details) is is_declared
    assert (verdict.missing is None) is is_declared
    alone = _verdict(message, is_block=False, language="typescript", code=code)
    assert alone.outcome is Outcome.RUNTIME_ERROR
    script = _verdict(message, is_block=True, language="javascript", code=code)
    assert script.outcome is Outcome.MISSING_DEPENDENCY


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_only_blocks_get_dialogs(language: str) -> None:
    record = LANGUAGES[language]
    plain = Snippet(code="x", language=language)
    for alone in (plain, replace(plain, earlier=("x",)), replace(plain, run_tests=True)):
        assert not _has_dialogs(record.commands(alone, until=Stage.RUN)[-1].argv)
        *before, last = record.commands(replace(alone, is_block=True), until=Stage.RUN)
        assert _has_dialogs(last.argv)
        assert not any(_has_dialogs(each.argv) for each in before)


def _has_dialogs(argv: tuple[str, ...]) -> bool:
    return any("dialogs.cjs" in each for each in argv)
