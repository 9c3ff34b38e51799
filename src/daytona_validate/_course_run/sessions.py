"""Which blocks of a page run in one session, whether or not they could run alone."""

from __future__ import annotations

from collections.abc import Iterator

from daytona_validate._course_run.course_page import CoursePage, SessionMode


def sessions_of(page: CoursePage) -> Iterator[tuple[int, ...]]:
    """Yield the positions of the blocks of each session; a block of none is a session of one."""
    sessions: dict[object, list[int]] = {}
    keys: list[object] = []
    last: dict[str, int] = {}
    for position, course in enumerate(page.snippets):
        language = page.languages[position]
        before = last.get(language)
        key: object = _key(page, position)
        if course.marks.continues and before is not None and page.mode(position) in _JOINED:
            key = keys[before]
        keys.append(position if key is None else key)
        sessions.setdefault(keys[-1], []).append(position)
        last[language] = position
    yield from map(tuple, sessions.values())


_JOINED = frozenset(SessionMode) - {SessionMode.NONE}


def _key(page: CoursePage, position: int) -> tuple[str, ...] | None:
    """Return what the blocks of a session have in common; None: it belongs to none by itself."""
    course, language, mode = page.snippets[position], page.languages[position], page.mode(position)
    if mode is SessionMode.NONE:
        return None
    if course.marks.session is not None:
        return "named", language, course.marks.session
    if course.is_cell:
        return "cells", language
    if mode is SessionMode.PAGE:
        return "page", language
    return ("section", language, course.section) if mode is SessionMode.SECTION else None
