"""What a run says that found no snippet: of what, and what it reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from daytona_validate._courses.collect import STDIN
from daytona_validate._courses.file_formats import accepted_names


def nothing_found(paths: Sequence[str], languages: Collection[str]) -> str:
    """Return the line for people.

    Args:
        paths: What was given to read, one at least.
        languages: The languages that were asked for; empty: all.
    """
    first = "stdin" if paths[0] == STDIN else paths[0]
    where = first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
    if languages:
        return f"nothing to run in {where}: no code in {' or '.join(sorted(languages))}"
    return (
        f"nothing to run in {where}: no file that ends in {accepted_names()}, or no code in them; "
        "on a page, a block names its language, as ```python does"
    )
