"""Use the installed wheel, with the sources out of reach. Run by `nox -s package`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import daytona_validate
from daytona_validate import Snippet, Validator
from daytona_validate.testing import FakeProvider

# Ours, pip, and what the direct dependencies bring along: more needs a reason in pyproject.toml.
MAX_DISTRIBUTIONS = 24
MAX_MB = 40  # of a base environment of 60 MB, as docs/install.md has it, 22 are these:
IN_ANY_ENVIRONMENT = ("pip", "setuptools", "pkg_resources")


async def judge() -> str:
    async with Validator(provider=FakeProvider()) as validator:
        result = await validator.validate(Snippet(code="print(1)", language="python"))
    return result.outcome


def megabytes(site: Path) -> float:
    folders = [each for each in site.iterdir() if each.name not in IN_ANY_ENVIRONMENT]
    files = (file for each in folders for file in (each, *each.rglob("*")) if file.is_file())
    return sum(file.stat().st_size for file in files) / 1e6


def main() -> None:
    package = Path(daytona_validate.__file__).parent
    assert package.is_relative_to(sys.prefix), package
    assert (package / "py.typed").is_file()
    names = zipfile.ZipFile(sys.argv[1]).namelist()
    assert not [n for n in names if not n.startswith("daytona_validate")], names
    assert asyncio.run(judge()) == "passed"
    installed = sorted(each.name for each in metadata.distributions() if each.name != "setuptools")
    assert len(installed) <= MAX_DISTRIBUTIONS, installed
    assert megabytes(package.parent) <= MAX_MB, megabytes(package.parent)
    command = Path(sys.prefix) / "bin" / "daytona-validate"
    shown = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert metadata.version("daytona-validate") in shown.stdout, shown.stdout
    print(f"the wheel works: {shown.stdout.strip()}, {len(installed)} distributions installed")


main()
