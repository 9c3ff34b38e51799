"""Names of snapshots, and how much their sandboxes have."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.dockerfiles.dockerfile import (
    dockerfile,
    supervisor_part,
)
from daytona_validate._providers.daytona.images import (
    Image,
    Resources,
    has_supervisor,
    image,
    language_of_snapshot,
    resources_for,
)

RESOURCES = Resources(cpu=1, memory_gib=1, disk_gib=3)


def made(language: str, *packages: str) -> Image:
    return image(language, packages, RESOURCES)


def test_the_name_changes_with_all_that_is_built_and_with_nothing_else() -> None:
    names = [
        made("python").name,
        made("python", "attrs").name,
        made("python", "attrs==1").name,
        image("python", (), Resources(cpu=2, memory_gib=1, disk_gib=3)).name,
        image("python", (), Resources(cpu=1, memory_gib=2, disk_gib=3)).name,
        made("javascript").name,
    ]
    assert len(set(names)) == len(names)
    assert made("python", "b", "a").name == made("python", "a", "b", "a").name
    assert all(re.fullmatch(r"daytona-validate-[a-z]+-[0-9a-f]{8}", name) for name in names)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_supervisor_is_in_the_image_and_not_in_its_name(language: str) -> None:
    """A version with another supervisor finds the snapshots that are there."""
    without = dockerfile(LANGUAGES[language], (), cpu=1)
    made_from = json.dumps([without, asdict(RESOURCES)], sort_keys=True)
    digest = hashlib.sha256(made_from.encode()).hexdigest()[:8]
    found = made(language)
    assert found.name == f"daytona-validate-{language}-{digest}"
    assert found.dockerfile == without + supervisor_part()
    assert has_supervisor(found.dockerfile)
    assert not has_supervisor(without)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_snapshots_name_tells_its_language(language: str) -> None:
    assert language_of_snapshot(made(language).name) == language


@pytest.mark.parametrize(
    "name",
    [
        "",
        "daytona-small",
        "daytona-validate-python",
        "daytona-validate-cobol-01234567",
        "daytona-validate-python-0123456",
        "my-daytona-validate-python-01234567",
    ],
)
def test_a_foreign_snapshot_is_not_taken_for_ours(name: str) -> None:
    assert language_of_snapshot(name) is None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), Resources(cpu=1, memory_gib=1, disk_gib=3)),
        (Limits(memory_mib=768), Resources(cpu=1, memory_gib=1, disk_gib=3)),
        (Limits(memory_mib=769), Resources(cpu=1, memory_gib=2, disk_gib=3)),
        (Limits(disk_mib=1025), Resources(cpu=1, memory_gib=1, disk_gib=4)),
    ],
)
def test_resources_hold_what_the_limits_grant(limits: Limits, expected: Resources) -> None:
    assert resources_for(limits, cpu=1) == expected
