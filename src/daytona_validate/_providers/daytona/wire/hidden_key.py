"""Taking a key out of what others say: texts, bytes, parsed JSON, and text in pieces."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import SecretStr

_HIDDEN = "***"
_SHORTEST = 7
"""Of what is hidden: a shorter key keeps no secret, and its letters stand in any answer."""
_IN_NO_TEXT = SecretStr(secrets.token_hex(32))


class HiddenKey:
    """Secret redaction: a key that is to appear nowhere.

    Args:
        key: Stands in no local variable and no attribute as plain text. One of less than seven
            characters is not hidden: what programs print would be changed with it.
    """

    def __init__(self, key: SecretStr) -> None:
        self._key = key if len(key.get_secret_value()) >= _SHORTEST else _IN_NO_TEXT

    def hide(self, text: str) -> str:
        """Return a text without the key, also where it is quoted as Python would write it."""
        text = text.replace(self._key.get_secret_value(), _HIDDEN)
        return text.replace(repr(self._key.get_secret_value())[1:-1], _HIDDEN)

    def hide_bytes(self, body: bytes) -> bytes:
        """Return bytes without the key, as it is written in UTF-8."""
        return body.replace(self._key.get_secret_value().encode(), _HIDDEN.encode())

    def hide_in(self, value: object) -> object:
        """Return parsed JSON whose texts and names are without the key."""
        match value:
            case str():
                return self.hide(value)
            case list():
                items: list[Any] = value
                return [self.hide_in(each) for each in items]
            case dict():
                fields: dict[str, Any] = value
                return {self.hide(name): self.hide_in(each) for name, each in fields.items()}
        return value

    def in_pieces(self) -> HidingPieces:
        """Return what hides it in a text that comes in pieces."""
        return HidingPieces(self._key)

    def is_revealed_by(self, error: BaseException | None) -> bool:
        """Return whether an exception or one that it came from quotes the key."""
        seen: set[int] = set()  # a caller's own client may raise errors that are each other's cause
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            if self.hide(str(error)) != str(error):
                return True
            error = error.__cause__ or error.__context__
        return False


class HidingPieces:
    """Streaming redaction: hides a key also where a piece of text ends in the middle of it."""

    def __init__(self, key: SecretStr) -> None:
        self._key = key
        self._held = ""
        """The end of what came so far, as far as it may be the key's beginning."""

    def of(self, piece: str, *, is_last: bool = False) -> str:
        """Return what can be shown now that a piece has come."""
        text = (self._held + piece).replace(self._key.get_secret_value(), _HIDDEN)
        held = 0 if is_last else self._begun(text)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def _begun(self, text: str) -> int:
        """Return how many characters at the end are the beginning of the key."""
        length = len(self._key.get_secret_value())
        for size in range(min(length - 1, len(text)), 0, -1):
            if text.endswith(self._key.get_secret_value()[:size]):
                return size
        return 0
