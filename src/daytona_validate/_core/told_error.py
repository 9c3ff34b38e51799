"""What a result tells of the error that it failed with, and whether a text has the same."""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._core.printable import ONE_LINE_CHARACTERS
from daytona_validate._models import CodeValidationResult

ERROR_NAME = re.compile(r"(?:Uncaught )?(?:\w+\.)*([A-Z]\w*(?:Error|Exception)\w*|TS\d+)\b")
SHORTEST_QUOTE = 12
"""Characters of a message that a text quotes, and does not only happen to have."""
_PLACE = re.compile(r" \(line \d{1,9}\)(?:, also with .*)?$")
_BEFORE_MESSAGE = re.compile(
    r"(?:TS\d+: |ERROR: |panic: (?:runtime error: )?|(?:[a-z]\w*\.){1,9}(?=[A-Z]))"
)
_OLD_WORDING = re.compile(r"Cannot (read|set) property '?([\w$]{1,80})'? of (undefined|null)")
_NEW_WORDING = re.compile(
    r"Cannot (read|set) properties of (undefined|null) \((?:reading|setting) '([\w$]{1,80})'\)"
)


def said(result: CodeValidationResult) -> str:
    """Return what a failure is told to be, without its place."""
    return _PLACE.sub("", cause(result.details)[:ONE_LINE_CHARACTERS])


def message_of(result: CodeValidationResult) -> str:
    """Return the message of a failure, without what its language puts before it."""
    return _BEFORE_MESSAGE.sub("", said(result), count=1)


def name_of(result: CodeValidationResult) -> str | None:
    """Return the type of a failure's error; None if it has none."""
    found = ERROR_NAME.match(said(result))
    return None if found is None else found[1]


def has_message(text: str, message: str) -> bool:
    """Return whether a text quotes a message, whatever the white space in both."""
    message = " ".join(message.split())
    return len(message) >= SHORTEST_QUOTE and message in " ".join(text.split())


def has_old_wording(text: str, message: str) -> bool:
    """Return whether a text has an error of Node's in the words of its older versions."""
    old, new = _OLD_WORDING.search(text), _NEW_WORDING.search(message)
    return old is not None and new is not None and old.group(1, 2, 3) == new.group(1, 3, 2)


def has_word(text: str, word: str) -> bool:
    """Return whether a text has a word, and not only as a part of another one."""
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
