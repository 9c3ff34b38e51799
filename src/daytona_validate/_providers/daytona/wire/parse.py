"""The answers of the service that make sense, and what is wrong with the others.

Pure. Unknown fields are ignored, and so is a field of the wrong type where we can do without:
servers are of all ages. What we cannot do without is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard, TypeVar

Item = TypeVar("Item")

_STOPPED = ("stopped", "stopping", "archived", "archiving")
_ENDED = frozenset({"error", "build_failed", "destroyed", "destroying", *_STOPPED})
"""States that lead to `started` no more; one that we never heard of still may."""


class NotValid(ValueError):
    """A response that cannot be used; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxAnswer:
    """What the service says about a sandbox."""

    id: str
    name: str = ""
    """"" if it does not say: then the id is the name."""
    state: str = "unknown"
    """May be behind, and may be a word that we never heard."""
    toolbox_url: str | None = None
    """Where its toolbox is reached, without the id and without a slash at the end."""
    error_reason: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    created_at: datetime | None = None
    desired_state: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing runs in it any more, nor will."""
        return self.state in _ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotAnswer:
    """What the service says about a snapshot."""

    id: str
    name: str = ""
    state: str = "unknown"
    error_reason: str | None = None
    dockerfile: str | None = None
    """What it was built from; None if it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecuteAnswer:
    """What a command in a sandbox came to."""

    exit_code: int
    """-1: it was killed, lost, or could not be started."""
    result: str
    """stdout and stderr in one; what was not UTF-8 has become U+FFFD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnswer:
    """What the service says about the API key in use."""

    name: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigAnswer:
    """What the service says about itself."""

    version: str | None
    toolbox_url: str | None
    default_snapshot: str | None


def sandbox(value: object) -> SandboxAnswer:
    """Return what an answer says about one sandbox.

    Raises:
        NotValid: It is not an object with an id.
    """
    fields = _fields(value)
    return SandboxAnswer(
        id=_needed(fields, "id"),
        name=_text(fields, "name") or "",
        state=_text(fields, "state") or "unknown",
        toolbox_url=toolbox_url(fields.get("toolboxProxyUrl")),
        error_reason=_text(fields, "errorReason"),
        labels=_labels(fields.get("labels")),
        created_at=_time(fields, "createdAt"),
        desired_state=_text(fields, "desiredState"),
    )


def sandboxes(value: object) -> tuple[tuple[SandboxAnswer, ...], str | None]:
    """Return a page of sandboxes, and the cursor of the next page or None.

    Raises:
        NotValid: It is not a list of objects with ids.
    """
    if isinstance(value, list):  # servers that do not page yet
        return tuple(map(sandbox, value)), None
    fields = _fields(value)
    return _items(fields, sandbox), _text(fields, "nextCursor")


def snapshot(value: object) -> SnapshotAnswer:
    """Return what an answer says about one snapshot.

    Raises:
        NotValid: It is not an object with an id.
    """
    fields = _fields(value)
    build = fields.get("buildInfo")
    return SnapshotAnswer(
        id=_needed(fields, "id"),
        name=_text(fields, "name") or "",
        state=_text(fields, "state") or "unknown",
        error_reason=_text(fields, "errorReason"),
        dockerfile=_text(build, "dockerfileContent") if isinstance(build, dict) else None,
    )


def snapshots(value: object) -> tuple[tuple[SnapshotAnswer, ...], int]:
    """Return a page of snapshots, and how many pages there are.

    Raises:
        NotValid: It is not a list of objects with ids.
    """
    fields = _fields(value)
    pages = fields.get("totalPages")
    return _items(fields, snapshot), pages if _is_int(pages) else 1


def execute(value: object) -> ExecuteAnswer:
    """Return what a command came to.

    Raises:
        NotValid: The exit code or the result is missing.
    """
    fields = _fields(value)
    code, result = fields.get("exitCode"), fields.get("result")
    if not _is_int(code):
        raise NotValid("it has no exitCode")
    if not isinstance(result, str):
        raise NotValid("it has no result")
    return ExecuteAnswer(exit_code=code, result=result)


def key(value: object) -> KeyAnswer:
    """Return what an answer says about the key.

    Raises:
        NotValid: It is not an object.
    """
    fields = _fields(value)
    permissions = fields.get("permissions")
    named = permissions if isinstance(permissions, list) else []
    return KeyAnswer(
        name=_text(fields, "name") or "",
        permissions=tuple(each for each in named if isinstance(each, str)),
    )


def config(value: object) -> ConfigAnswer:
    """Return what an answer says about the service.

    Raises:
        NotValid: It is not an object.
    """
    fields = _fields(value)
    return ConfigAnswer(
        version=_text(fields, "version"),
        toolbox_url=toolbox_url(fields.get("proxyToolboxUrl")),
        default_snapshot=_text(fields, "defaultSnapshot"),
    )


def url(value: object) -> str:
    """Return the address that an answer consists of.

    Raises:
        NotValid: It has none.
    """
    return _needed(_fields(value), "url")


def toolbox_url(value: object) -> str | None:
    """Return an address without a slash at its end; None if there is none."""
    return (value.strip().rstrip("/") or None) if isinstance(value, str) else None


def _fields(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotValid("it is not a JSON object")
    return value


def _needed(fields: dict[str, Any], name: str) -> str:
    text = _text(fields, name)
    if text is None:
        raise NotValid(f"it has no {name}")
    return text


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) and value else None


def _items(fields: dict[str, Any], one: Callable[[object], Item]) -> tuple[Item, ...]:
    items = fields.get("items")
    if not isinstance(items, list):
        raise NotValid("it has no items")
    return tuple(map(one, items))


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _time(fields: dict[str, Any], name: str) -> datetime | None:
    """Return a time in UTC; one without a zone is taken for UTC, as the server's own are."""
    try:
        time = datetime.fromisoformat(_text(fields, name) or "")
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
