"""Where a sandbox's runtime is another version than the reference of its language.

The tag of a language's image says how much of a version counts: under `python:3.11` any 3.11 is
the reference and 3.12 is not, under `node:18` any 18 is. It errs towards silence: a runtime that
cannot be compared is no reason to warn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES

_NUMBERS = re.compile(r"(?:go|v)?(\d+(?:\.\d+)*)")


def reference_version(language: Language) -> str:
    """Return the version that a language is meant to run in, as precise as it is meant."""
    return language.image.rpartition(":")[2]


def is_drifted(language: Language, version: str) -> bool:
    """Return whether a version is certainly not the reference version of a language.

    Args:
        language: The language.
        version: As its toolchain reported it, such as `17.0.15+6`. Of `7.0.2 with node 24.19.0`
            the last counts, as that is what the program runs on.
    """
    own, _, other = version.rpartition(" with ")
    wanted = _numbers(reference_version(language))
    seen = _numbers(other.partition(" ")[2] if own else other)
    compared = min(len(wanted), len(seen))
    return wanted[:compared] != seen[:compared]


def drift_line(runtimes: Mapping[str, str]) -> str | None:
    """Return one line on all languages that ran in another version, or None if none did.

    Args:
        runtimes: Name of a language to the runtime that its sandbox reported. Runtimes other
            than the language's toolchain are left out, as their versions say nothing.
    """
    drifted = [
        f"{name} in {runtimes[name]} instead of {language.image}"
        for name, language in LANGUAGES.items()
        if name in runtimes and _runs_other(language, runtimes[name])
    ]
    if not drifted:
        return None
    return f"warning: other versions than the reference ran: {', '.join(drifted)}"


def _runs_other(language: Language, runtime: str) -> bool:
    toolchain, _, version = runtime.partition(" ")
    return toolchain == language.toolchain and is_drifted(language, version)


def _numbers(version: str) -> tuple[int, ...]:
    found = _NUMBERS.match(version)
    return tuple(int(number) for number in found[1].split(".")) if found else ()
