"""Commands of workflows: what a build server's runner does where a log says so.

GitHub's runner takes a line that begins with `::` for one, and its older form `##[...]` anywhere
in a line, as Azure's takes `##vso[...]` and TeamCity `##teamcity[...]`. What a page or a program
says is none.
"""

from __future__ import annotations

import re

from daytona_validate._unsafe_characters import COMMAND_NUMBER_SIGN

_FIRST_COLON = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def without_commands(line: str) -> str:
    """Return a line for people that is no command, and has none in it: a blank is put between."""
    return COMMAND_NUMBER_SIGN.sub("# ", _FIRST_COLON.sub(r"\1: ", line))


def referenced_commands(markup: str) -> str:
    """Return XML or HTML of which no line is a command; its text is the same to who reads it."""
    return COMMAND_NUMBER_SIGN.sub("&#35;", _FIRST_COLON.sub(r"\1&#58;", markup))
