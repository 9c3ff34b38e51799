"""From a run's description to the one shell script that the whole run is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from daytona_validate._models import Limits
from daytona_validate._providers.daytona.envelope.part import Part, Places


def run_script(
    parts: Sequence[Part],
    *,
    files: Mapping[str, bytes],
    stdin: bytes,
    environment: Mapping[str, str],
    limits: Limits,
    reserved_mib: int,
    nonce: str,
    places: Places = Places(),
) -> str:
    """Return the script; see `read_answer` for what it prints.

    Args:
        parts: Run one after the other, each only if the one before it ended well; the last gets
            stdin.
        files: Path in the work folder to content, the entry file among them.
        stdin: Of the last part.
        environment: Added to HOME, PATH, LANG and what the snapshot says.
        limits: What each part may use.
        reserved_mib: What a runtime may reserve beyond its memory; see `Language.reserved_mib`.
        nonce: Letters and digits that nobody can guess and that were never used before.
        places: Where things stand in the sandbox.
    """
    raise NotImplementedError
