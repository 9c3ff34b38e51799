"""Write down the last words of a runtime: `python capture.py python|javascript COMMAND...`.

Run it by hand for a new version of a runtime, under `setpriv --reuid 65534 --clear-groups` if
root (a limit on processes means nothing to root), and review what the tests make of the new file.
"""

from __future__ import annotations

import json
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
LONGEST_CODE = 2000


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
        prefix = str(Path(command[0]).resolve().parent.parent)
        neutral = {folder: "/work", command[0]: "/usr/local/bin/node", prefix: "/usr/local"}
    return {
        "code": code if len(code) <= LONGEST_CODE else "",
        "exit_code": done.returncode if done.returncode >= 0 else None,
        "signal": -done.returncode if done.returncode < 0 else None,
        "stdout": _replaced(done.stdout, neutral),
        "stderr": _replaced(done.stderr, neutral),
    }


def _replaced(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


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
