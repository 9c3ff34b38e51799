"""Many small cases in one test: what pytest does around a test costs more than such a case."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

import pytest

Test = Callable[..., None]


def for_each(
    names: str | Sequence[str],
    cases: Iterable[Any],
    *,
    ids: Callable[[Any], str | None] | Iterable[str] | None = None,
) -> Callable[[Test], Test]:
    """Give a test its cases as `pytest.mark.parametrize` does, but have it run them all by itself.

    All are tried, whatever becomes of the others, and each that fails is named. For functions
    without I/O alone: a test that is given a fixture would find it used by the case before.
    """
    keys = names.replace(",", " ").split() if isinstance(names, str) else list(names)
    values = [_values(case, len(keys)) for case in cases]
    called = _called(values, ids)
    if not values:
        raise ValueError(f"no case for {keys}")

    def with_cases(test: Test) -> Test:
        @wraps(test)
        def with_all(**given: Any) -> None:
            failures = []
            for name, each in zip(called, values, strict=True):
                try:
                    test(**given, **dict(zip(keys, each, strict=True)))
                except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - raised below
                    failure.add_note(f"case: {name}")
                    failures.append(failure)
            if len(failures) == 1:
                raise failures[0]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(values)} cases", failures)

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in keys]
        with_all.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        with_all.cases = len(values) * cases_of(test)  # type: ignore[attr-defined]
        return with_all

    return with_cases


def cases_of(test: object) -> int:
    """Return how many cases a test runs by itself."""
    return int(getattr(test, "cases", 1))


def _values(case: Any, count: int) -> tuple[Any, ...]:
    values = (case,) if count == 1 else tuple(case)
    if len(values) != count:
        raise ValueError(f"{count} values are expected: {case!r}")
    return values


def _called(
    values: list[tuple[Any, ...]], ids: Callable[[Any], str | None] | Iterable[str] | None
) -> list[str]:
    if ids is None:
        return [", ".join(map(repr, each)) for each in values]
    if callable(ids):
        return ["-".join(ids(each) or repr(each) for each in case) for case in values]
    called = list(ids)
    if len(called) != len(values):
        raise ValueError(f"{len(values)} names are expected: {called}")
    return called
