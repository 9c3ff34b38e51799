"""Write down the last words of javac and Java: `JAVA_HOME=… python capture.py [NAME...]`.

Run it by hand for a new JDK, and review what the tests make of the new file.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from daytona_validate._models import Execution, Limits, SandboxSpec, Snippet
from daytona_validate._providers.local import LocalProvider
from daytona_validate._settings import Settings

HERE = Path(__file__).parent
LONGEST_TEXT = 4000
TIMEOUT_S = 20.0
SPACES = re.compile(r"\b0x[0-9a-f]{6,}")


def _text(raw: bytes) -> str:
    """Shorten what repeats itself, in the middle."""
    text = SPACES.sub("0x0", raw.decode())
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return text[: text.rindex("\n", 0, half) + 1] + text[text.index("\n", len(text) - half) + 1 :]


def case(code: str, execution: Execution) -> dict[str, object]:
    step = execution.steps[-1]
    return {
        "code": code if len(code) <= LONGEST_TEXT else "",
        "stage": step.stage,
        "exit_code": step.exit_code,
        "signal": step.signal,
        "stdout": _text(step.stdout),
        "stderr": _text(step.stderr),
    }


async def main(names: list[str]) -> None:
    programs: dict[str, dict[str, str]] = {}
    exec((HERE / "java_programs.py").read_text(), programs)
    cases, runtime = {}, ""
    provider = LocalProvider(Settings())
    spec = SandboxSpec(language="java", limits=Limits(timeout_s=TIMEOUT_S))
    for name, code in programs["PROGRAMS"].items():
        if names and name not in names:
            continue
        async with provider.open(spec) as sandbox:
            execution = await sandbox.run(Snippet(code=code, language="java"))
        cases[name] = case(code, execution)
        runtime = execution.runtime
    await provider.aclose()
    version = runtime.split()[-1]
    captured = {
        "language": "java",
        "version": version,
        "captured": datetime.now(UTC).date().isoformat(),
        "cases": cases,
    }
    text = json.dumps(captured, indent=1, ensure_ascii=False)
    (Path.cwd() / f"java-{version}.json").write_text(text + "\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
