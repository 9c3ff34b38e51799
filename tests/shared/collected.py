"""The snippets that a collection holds, without what their pages say about them."""

from __future__ import annotations

from collections.abc import Iterator

from daytona_validate._courses.collect import Collection
from daytona_validate._models import Snippet


def snippets_of(collection: Collection) -> Iterator[Snippet]:
    """Yield the snippets as they are collected."""
    return (each.snippet for each in collection)
