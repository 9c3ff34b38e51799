"""No `unavailable` is without a reason: every place that makes one gives it, or its class does."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import daytona_validate
from daytona_validate import Reason
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.wire.failures import REASONS, FailureKind
from documented import ROOT

SOURCE = ROOT / "src" / "daytona_validate"
MAKERS = frozenset({"_judged_as", "rejudged", "Verdict", "_with", "_without_run"})
"""Functions that are given an outcome and, where it is `unavailable`, its reason."""


@cache
def calls() -> list[tuple[Path, ast.Call]]:
    return list(_calls())


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        if "SandboxUnavailable" not in text and "UNAVAILABLE" not in text:
            continue  # to parse all costs a second
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                yield path.relative_to(SOURCE), node


def has_reason(call: ast.Call) -> bool:
    return any(each.arg == "reason" for each in call.keywords)


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.thorough
def test_every_exception_without_a_class_of_its_own_is_given_a_reason() -> None:
    raised = [(p, c) for p, c in calls() if name_of(c) == "SandboxUnavailable"]
    assert len(raised) > 40
    assert [f"{p}:{c.lineno}" for p, c in raised if not has_reason(c)] == []


@pytest.mark.thorough
def test_every_class_of_such_exceptions_has_a_reason() -> None:
    for each in pkgutil.walk_packages(daytona_validate.__path__, "daytona_validate."):
        if "_sandbox_files" not in each.name and not each.name.endswith("__main__"):
            importlib.import_module(each.name)
    kinds = list(SandboxUnavailable.__subclasses__())
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    ours = [each for each in kinds if each.__module__.startswith("daytona_validate.")]
    given = [each for each in ours if "reason=" in inspect.getsource(each.__init__)]
    silent = [e for e in ours if e.reason is Reason.OTHER and e not in given]
    assert silent == []


@pytest.mark.thorough
def test_every_outcome_that_is_made_unavailable_is_given_a_reason() -> None:
    made = [
        (path, call)
        for path, call in calls()
        if name_of(call) in MAKERS and "Outcome.UNAVAILABLE" in ast.unparse(call)
    ]
    assert len(made) >= 4
    assert [f"{path}:{call.lineno}" for path, call in made if not has_reason(call)] == []


def test_every_failure_of_the_service_has_a_reason() -> None:
    assert set(REASONS) == set(FailureKind)
    assert Reason.OTHER not in REASONS.values()
