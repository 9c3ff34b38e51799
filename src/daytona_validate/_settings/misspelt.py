"""Finds misspelt variables, which would otherwise be ignored without a warning.

It is no error, for Daytona's own SDK and server have variables that begin the same way.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.printable import one_line
from daytona_validate._settings.names import PER_LANGUAGE, PREFIX, VARIABLE_ALIASES, variable

OF_OTHERS = frozenset(
    {
        "DAYTONA_API_URL",
        "DAYTONA_EXPERIMENTAL_OTEL_ENABLED",
        "DAYTONA_HAPPY_EYEBALLS_DELAY",
        "DAYTONA_JWT_TOKEN",
        "DAYTONA_ORGANIZATION_ID",
        "DAYTONA_OTEL_ENABLED",
        "DAYTONA_REGION_ID",
        "DAYTONA_SANDBOX_ID",
        "DAYTONA_SERVER_URL",
        "DAYTONA_USE_DEPRECATED_POLLING",
    }
)
"""What Daytona's own SDK reads (0.226) and its sandboxes have, beside the names that are ours."""

_NEAR = 0.8
"""Of 1, by difflib, over what follows the prefix: a letter or an underscore too many or too few,
two that changed places, another unit. Words of others' that only share a part are not as near."""
_ADDED = re.compile(r"^VALIDATE_|_S(?:EC(?:OND)?S?)?$")
"""What people write who guess a name: the whole name of the program, or the unit of time."""
_SHOWN_CHARACTERS = 80


def misspelt_variables(
    variables: Mapping[str, str | None], fields: Collection[str], *, source: str
) -> Iterator[str]:
    """Yield a line for each variable that is nearly one of ours; empty ones count as not set.

    Args:
        variables: All variables of one source.
        fields: The names of all settings.
        source: How the source is named.
    """
    ours = tuple(_names(fields))
    starts = tuple(variable(field, "") for field in fields if field in PER_LANGUAGE)
    for name, value in variables.items():
        if not value or name in ours or name in OF_OTHERS or name.startswith(starts):
            continue
        near = _nearest(name.upper(), ours)
        if near is not None:
            shown = one_line(name, _SHOWN_CHARACTERS)
            yield f"{shown} in {source} is no setting; did you mean {near}?"


def _names(fields: Iterable[str]) -> Iterator[str]:
    languages = [name for each in LANGUAGES.values() for name in (each.name, *each.aliases)]
    for field in fields:
        yield variable(field)
        yield from VARIABLE_ALIASES.get(field, ())
        if field in PER_LANGUAGE:
            yield from (variable(field, language) for language in languages)


def _nearest(name: str, ours: tuple[str, ...]) -> str | None:
    first, underscore, rest = name.partition("_")
    start = first + underscore
    if start != PREFIX and not (name[:1] == PREFIX[0] and _is_near(start, PREFIX)):
        return None
    rest = _ADDED.sub("", rest)
    names = {each.removeprefix(PREFIX): each for each in ours}
    for spelling in (rest, f"{rest}_MIB", f"{rest}_KIB"):
        if spelling in names:
            return names[spelling]
    near = difflib.get_close_matches(rest, names, n=1, cutoff=_NEAR)
    return names[near[0]] if near else None


def _is_near(word: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, word, other).ratio() >= _NEAR
