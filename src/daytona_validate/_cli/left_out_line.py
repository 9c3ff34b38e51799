"""The line that says what a folder holds and was not read."""

from __future__ import annotations

from daytona_validate._courses.collect import Collection
from daytona_validate._courses.course_files import Why

_NOUNS = {
    Why.LEADS_OUT: ("link out of the folder", "links out of the folder"),
    Why.LEADS_NOWHERE: ("broken link", "broken links"),
    Why.NO_FILE: ("pipe, device or socket", "pipes, devices or sockets"),
}
_ADVICE = "; to read what a link leads to, name the link"


def left_out_line(collection: Collection) -> str | None:
    """Return how many links, pipes and the like were not read, and the first of each; or None."""
    counts = [_count(why, collection) for why in Why if collection.left_out[why]]
    if not counts:
        return None
    return f"not read: {', '.join(counts)}{_ADVICE if collection.left_out[Why.LEADS_OUT] else ''}"


def _count(why: Why, collection: Collection) -> str:
    count, (one, many) = collection.left_out[why], _NOUNS[why]
    first = collection.first_left_out[why]
    return f"1 {one} ({first})" if count == 1 else f"{count} {many} ({first}, …)"
