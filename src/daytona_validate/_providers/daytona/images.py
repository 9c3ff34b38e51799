"""The images that Daytona's sandboxes start from: one Dockerfile for each language.

A snapshot's name holds a hash over its Dockerfile and its resources. So whoever has other
packages or other resources gets another snapshot, and what is named in a request is always what
was meant. Only the supervisor is left out: a version of this package that has another one works
with the snapshots that are there, and brings its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cache

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.package_names import canonical_packages, packages_refusal
from daytona_validate._errors import ToolchainMissing
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.dockerfiles.dockerfile import (
    SUPERVISOR_LABEL,
    dockerfile,
    supervisor_part,
)
from daytona_validate._providers.daytona.envelope.supervisor import DIGEST
from daytona_validate._reason import Reason

SNAPSHOT_PREFIX = "daytona-validate-"
_NAME = re.compile(rf"{SNAPSHOT_PREFIX}(?P<language>[a-z0-9]+)-[0-9a-f]{{8}}")
_BESIDE_PROGRAM_MIB = 256
"""For Daytona's daemon, which lives in the sandbox and dies with the program if memory is short."""
_SMALLEST_DISK_GIB = 3
"""Daytona's own default; what a compiler makes in /tmp counts too."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a sandbox of a snapshot may use; sandboxes have those of their snapshot."""

    cpu: int
    memory_gib: int
    disk_gib: int


@dataclass(frozen=True, slots=True)
class Image:
    """What one snapshot is built from."""

    language: str
    """The language's name in the table."""
    name: str
    """Of the snapshot."""
    dockerfile: str
    resources: Resources


def resources_for(limits: Limits, *, cpu: int) -> Resources:
    """Return the least whole GiB in which a program can have what its limits grant it.

    With the default limits: 1 GiB of memory and 3 GiB of disk.
    """
    return Resources(
        cpu=cpu,
        memory_gib=_gib(limits.memory_mib + _BESIDE_PROGRAM_MIB),
        disk_gib=max(_SMALLEST_DISK_GIB, _gib(limits.disk_mib) + 2),
    )


def image(language: str, packages: tuple[str, ...], resources: Resources) -> Image:
    """Return what the snapshot for a language and some packages is built from.

    Args:
        language: The language's name in the table, not an alias.
        packages: Names, or names with a version.
        resources: Of each of its sandboxes.

    Raises:
        ToolchainMissing: The packages are refused. The environment's fault.
    """
    refusal = packages_refusal(language, packages)
    if refusal is not None:
        raise ToolchainMissing(
            f"The list of packages is refused: {refusal}.", reason=Reason.NO_PACKAGES
        )
    return _image(language, canonical_packages(packages), resources)


def language_of_snapshot(name: str) -> str | None:
    """Return the language of a snapshot of ours by its name, or None if it is not ours."""
    found = _NAME.fullmatch(name)
    return found["language"] if found is not None and found["language"] in LANGUAGES else None


def has_supervisor(dockerfile: str) -> bool:
    """Tell whether a Dockerfile of ours gives its image the supervisor of this package."""
    return f'{SUPERVISOR_LABEL}="{DIGEST}"' in dockerfile


@cache
def _image(language: str, packages: tuple[str, ...], resources: Resources) -> Image:
    text = dockerfile(LANGUAGES[language], packages, cpu=resources.cpu)
    made_from = json.dumps([text, asdict(resources)], sort_keys=True)
    digest = hashlib.sha256(made_from.encode()).hexdigest()[:8]
    name = f"{SNAPSHOT_PREFIX}{language}-{digest}"
    return Image(language, name, text + supervisor_part(), resources)


def _gib(mib: int) -> int:
    return -(-mib // 1024)
