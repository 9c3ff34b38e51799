"""Write down what failed tests print: `python capture.py python|javascript COMMAND...`.

Run it by hand for a new version of a runtime (of Python, one with pytest), and review what
`test_failed_tests.py` makes of the new file.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ENTRY_FILES = {"python": "main.py", "javascript": "index.js"}
ENVIRONMENTS = {
    "python": {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    "javascript": {"NODE_NO_WARNINGS": "1"},
}


def case(language: str, code: str, command: list[str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ENTRY_FILES[language]).write_text(code)
        done = subprocess.run(
            [*command, ENTRY_FILES[language]],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", **ENVIRONMENTS[language]},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    return {
        "code": code,
        "exit_code": done.returncode,
        "stdout": _neutral(done.stdout, folder),
        "stderr": _neutral(done.stderr, folder),
    }


def _neutral(text: str, folder: str) -> str:
    text = text.replace(folder, "/work")
    return re.sub(r'(?<=File ")[^"]*/lib/(?=python3)', "/usr/local/lib/", text)


def main(language: str, command: list[str]) -> None:
    programs: dict[str, dict[str, str]] = {}
    exec((HERE / f"{language}_programs.py").read_text(), programs)
    version = subprocess.run([command[0], "--version"], capture_output=True, text=True, check=True)
    number = version.stdout.split()[-1].lstrip("v")
    captured = {
        "language": language,
        "version": number,
        "captured": datetime.now(UTC).date().isoformat(),
        "cases": {n: case(language, code, command) for n, code in programs["PROGRAMS"].items()},
    }
    text = json.dumps(captured, indent=1, ensure_ascii=False)
    (Path.cwd() / f"{language}-{number}.json").write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
