"""The list of sandboxes: what a query asks for, and the page that answers it. Pure.

A page ends with a cursor that names the last row it gave, so that rows which come and go
between two pages neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from daytona_validate._emulator.control_plane.sandbox_states import SandboxRow
from daytona_validate._emulator.refusals import HttpRefusal

MOST = 200
DEFAULT = 100
_MOST_DIGITS = 9

SORTS: dict[str, Callable[[SandboxRow], str | float]] = {
    "name": lambda each: each.name,
    "cpu": lambda each: each.resources.cpu,
    "memoryGib": lambda each: each.resources.memory_gib,
    "diskGib": lambda each: each.resources.disk_gib,
    "lastActivityAt": lambda each: each.active_s,
    "createdAt": lambda each: each.created_s,
}


CursorPosition = tuple[str | float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """List query: which sandboxes, in which order, and how many of them."""

    filters: tuple[Callable[[SandboxRow], bool], ...] = ()
    sort: str = "lastActivityAt"
    is_descending: bool = True
    limit: int = DEFAULT
    after: CursorPosition | None = None
    """Sort value and id of the last row of the page before."""


def query(pairs: Sequence[tuple[str, str]]) -> Query:
    """Return what the parameters of `GET /sandbox` ask for.

    Raises:
        HttpRefusal: A parameter makes no sense (400).
    """
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    last = {name: values[-1] for name, values in given.items()}
    order = last.get("order", "desc")
    sort = last.get("sort", "lastActivityAt")
    if sort not in SORTS or order not in ("asc", "desc"):
        raise HttpRefusal(400, f"sort must be one of {', '.join(SORTS)}; order asc or desc")
    return Query(
        filters=(*_filters(given, last), _is_listed(last)),
        sort=sort,
        is_descending=order == "desc",
        limit=_limit(last.get("limit", str(DEFAULT))),
        after=_place(last["cursor"], sort) if last.get("cursor") else None,
    )


def page(sandboxes: Iterable[SandboxRow], asked: Query) -> tuple[list[SandboxRow], str | None]:
    """Return the rows of one page, and the cursor of the next one or None."""
    by = SORTS[asked.sort]
    rows = [each for each in sandboxes if all(fits(each) for fits in asked.filters)]
    rows.sort(key=lambda each: (by(each), each.id), reverse=asked.is_descending)
    if asked.after is not None:
        last = asked.after
        is_past = operator.lt if asked.is_descending else operator.gt
        rows = [each for each in rows if is_past((by(each), each.id), last)]
    shown = rows[: asked.limit]
    if len(rows) <= asked.limit:
        return shown, None
    return shown, _cursor((by(shown[-1]), shown[-1].id))


def _filters(
    given: Mapping[str, list[str]], last: Mapping[str, str]
) -> Iterable[Callable[[SandboxRow], bool]]:
    if labels := _labels(last.get("labels")):
        yield lambda each: labels.items() <= dict(each.labels).items()
    if states := given.get("states"):
        yield lambda each: each.state in states
    if snapshots := given.get("snapshots"):
        yield lambda each: each.snapshot in snapshots
    if regions := given.get("regionIds"):
        yield lambda each: each.target in regions
    if begin := last.get("id"):
        yield lambda each: each.id.startswith(begin)
    if name := last.get("name"):
        yield lambda each: each.name.startswith(name)
    yield from _moments(last)


def _moments(last: Mapping[str, str]) -> Iterable[Callable[[SandboxRow], bool]]:
    of: dict[str, Callable[[SandboxRow], float | None]] = {
        "createdAt": lambda each: each.created_s,
        "lastEvent": lambda each: each.active_s,
        "autoDestroyAt": lambda each: each.destroy_s,
    }
    for field, value in of.items():
        if text := last.get(f"{field}Before"):
            yield _is_before(value, _moment(text))
        if text := last.get(f"{field}After"):
            yield _is_after(value, _moment(text))


def _is_before(
    value: Callable[[SandboxRow], float | None], moment_s: float
) -> Callable[[SandboxRow], bool]:
    return lambda each: (found := value(each)) is not None and found <= moment_s


def _is_after(
    value: Callable[[SandboxRow], float | None], moment_s: float
) -> Callable[[SandboxRow], bool]:
    return lambda each: (found := value(each)) is not None and found >= moment_s


def _is_listed(last: Mapping[str, str]) -> Callable[[SandboxRow], bool]:
    if last.get("includeErroredDeleted") == "true":
        return lambda each: each.is_alive
    return lambda each: each.is_found


def natural(text: str) -> int:
    """Return the number that a parameter is; 0 if it is none, or out of all reason."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def _limit(text: str) -> int:
    limit = natural(text)
    if not 1 <= limit <= MOST:
        raise HttpRefusal(
            400, f"limit must not be less than 1, limit must not be greater than {MOST}"
        )
    return limit


def _labels(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    try:
        labels = json.loads(text)
    except ValueError:
        raise HttpRefusal(400, "Invalid labels JSON format") from None
    if not isinstance(labels, dict):
        raise HttpRefusal(400, "Invalid labels JSON format")
    return {str(name): value for name, value in labels.items()}


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HttpRefusal(400, f"{text} is not a valid date") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _cursor(place: CursorPosition) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str, sort: str) -> CursorPosition:
    try:
        value, sandbox_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError):
        raise HttpRefusal(400, "Invalid cursor") from None
    kind = str if sort == "name" else (int, float)
    if not isinstance(value, kind) or not isinstance(sandbox_id, str):
        raise HttpRefusal(400, "Invalid cursor")
    return value, sandbox_id
