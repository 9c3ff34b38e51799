"""Texts that may be no Python are read without a word to whoever checks them."""

from __future__ import annotations

import ast
import warnings

import pytest

from daytona_validate._core.python_tree import python_tree


def test_what_is_read_warns_of_nothing_and_leaves_the_filters_alone() -> None:
    before = [*warnings.filters]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tree = python_tree("digits = '\\d'")
    assert (told, warnings.filters) == ([], before)
    assert tree is not None
    assert isinstance(tree.body[0], ast.Assign)


@pytest.mark.parametrize("text", ["box = (", "\0", "(" * 9999, f"{'-' * 99_999}1"])
def test_what_is_no_python_is_none(text: str) -> None:
    assert python_tree(text) is None
