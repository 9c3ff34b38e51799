"""What programs read is UTF-8, whatever the locale; what people read fits their terminal."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from junitparser import JUnitXml

FAKE = Path(__file__).with_name("fake_command_line.py")
PRINTED = "naïve 日本 🎉\x85\u2028\ufeff\r\n����\n"
LATIN_1 = "en_US.ISO-8859-1"
pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.timeout(300)]


@pytest.fixture(scope="module", params=["utf-8", "ascii", "latin-1", "cp1252", LATIN_1])
def locale(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return variables: an encoding that Python is told, and a locale of the system's."""
    if request.param != LATIN_1:
        return {"PYTHONIOENCODING": request.param}
    if shutil.which("localedef") is None:
        pytest.skip("localedef is not installed")
    folder = tmp_path_factory.mktemp("locales")
    target = folder / LATIN_1
    made = subprocess.run(
        ["localedef", "-i", "en_US", "-f", "ISO-8859-1", target], capture_output=True, check=False
    )
    if not target.exists():
        pytest.skip(f"the locale cannot be made: {made.stderr!r}")
    return {"LOCPATH": str(folder), "LC_ALL": LATIN_1}


def _stdout(folder: Path, locale: dict[str, str], *arguments: str, exit_code: int = 0) -> bytes:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
    ran = subprocess.run(
        [sys.executable, str(FAKE), *arguments],
        cwd=folder,
        env=kept | locale,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == exit_code, ran.stderr
    return ran.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder whose own name is not UTF-8, and two files in it."""
    folder = tmp_path / os.fsdecode(b"f\xff")
    folder.mkdir()
    (folder / "é日.py").write_text("foreign\n", encoding="utf-8")
    (folder / os.fsdecode(b"b\xff.py")).write_text("foreign\n")
    return folder


def test_json_lines_and_junit_are_the_same_bytes_everywhere(
    folder: Path, locale: dict[str, str]
) -> None:
    lines = _stdout(folder, locale, "check", ".", "-q", "--output-format", "jsonl").split(b"\n")
    first, second = (json.loads(line.decode()) for line in sorted(lines)[1:3])
    whole = json.loads(_stdout(folder, locale, "check", ".", "--output-format=json").decode())
    for results in ((first, second), whole["results"]):
        assert {each["output"] for each in results} == {PRINTED}
        assert {each["location"]["path"] for each in results} == {"é日.py", "b�.py"}
    junit = _stdout(folder, locale, "check", ".", "--output-format", "junit")
    suites = list(JUnitXml.fromstring(junit))
    assert {suite.name for suite in suites} == {"é日.py", "b�.py"}
    assert all(case.system_out.startswith("naïve 日本 🎉") for suite in suites for case in suite)
    listed = _stdout(folder, locale, "check", ".", "--list", "--output-format", "jsonl")
    paths = {json.loads(line)["location"]["path"] for line in listed.decode().splitlines()}
    assert paths == {"é日.py", "b�.py"}


def test_run_hands_on_what_the_program_wrote(folder: Path, locale: dict[str, str]) -> None:
    result = _stdout(folder, locale, "run", "é日.py", "--output-format", "json")
    assert json.loads(result.decode())["output"] == PRINTED
    assert _stdout(folder, locale, "run", "é日.py").decode() == PRINTED


def test_doctor_tells_programs_in_utf_8(folder: Path, locale: dict[str, str]) -> None:
    """What it cannot use is in its report, by any name."""
    locale = locale | {"DAYTONA_CACHE_DIR": str(folder / "é日.py")}
    words = ("doctor", "--provider", "local", "--output-format", "json")
    report = json.loads(_stdout(folder, locale, *words, exit_code=1).decode())
    assert "cannot be used" in report["local"][0]["text"]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("latin-1", "naïve \\u65e5\\u672c \\U0001f389"),
        ("ascii", "na\\xefve"),
        ("utf-8", "naïve 日本"),
    ],
)
def test_a_terminal_gets_what_it_can_show(folder: Path, encoding: str, shown: str) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, str(FAKE), "run", "é日.py"],
        cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ):
        os.close(theirs)
        seen = os.read(ours, 4096)
    os.close(ours)
    assert seen.decode(encoding).startswith(shown)
