"""What keeps the README's command a promise: how many tests are in it, and how many start jails."""

from __future__ import annotations

import pytest

from for_each import cases_of

MOST_JAILS = 1_000
"""In the README's command, which has to end within four minutes."""
WHOLE = 5_000
"""Fewer cases than these are a selection of the caller's."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have seven cases of eight in the README's command, and most of them short."""
    items.sort(key=lambda item: item.path)  # all processes must have the same order
    quick = [item for item in items if not item.get_closest_marker("thorough")]
    count = _cases(items)
    if count > WHOLE and _cases(quick) < count * 7 / 8:
        raise pytest.UsageError(f"of {count} cases, over an eighth are `thorough`")
    jails = sum(item.get_closest_marker("jail") is not None for item in quick)
    if jails > MOST_JAILS:
        raise pytest.UsageError(f"{jails} quick tests start jails, over {MOST_JAILS}")


def _cases(items: list[pytest.Item]) -> int:
    return sum(cases_of(getattr(item, "obj", None)) for item in items)
