"""Which command builds the snapshot that a run did not find."""

from __future__ import annotations

import pytest

from daytona_validate import Limits, SandboxSpec
from daytona_validate._providers.daytona.error_translation import build_command

USUAL = Limits(memory_mib=512, disk_mib=64)


@pytest.mark.parametrize(
    ("packages", "limits", "command"),
    [
        ((), USUAL, "daytona-validate snapshots build python"),
        ((), Limits(memory_mib=16, disk_mib=1), "daytona-validate snapshots build python"),
        (
            ("numpy", "pandas==2.2.3"),
            USUAL,
            "DAYTONA_PACKAGES__PYTHON=numpy,pandas==2.2.3 daytona-validate snapshots build python",
        ),
        (
            ("uvicorn[standard]",),
            USUAL,
            "DAYTONA_PACKAGES__PYTHON='uvicorn[standard]' daytona-validate snapshots build python",
        ),
        (
            (),
            Limits(memory_mib=4096, disk_mib=9000),
            "DAYTONA_MEMORY_MIB=4096 DAYTONA_DISK_MIB=9000 daytona-validate snapshots build python",
        ),
    ],
)
def test_it_says_what_else_must_be_set(
    packages: tuple[str, ...], limits: Limits, command: str
) -> None:
    spec = SandboxSpec(language="python", limits=limits, packages=packages)
    assert build_command(spec, USUAL) == command
