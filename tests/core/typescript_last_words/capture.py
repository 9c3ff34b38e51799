"""Write down what TypeScript's compiler and Node say: `python capture.py`, by hand.

Run it where the local provider works, after a change of the pinned versions, and review what the
tests make of the new file.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from daytona_validate._models import Execution, Limits, SandboxSpec, Snippet
from daytona_validate._providers.local import LocalProvider
from daytona_validate._settings import Settings

HERE = Path(__file__).parent


def words(execution: Execution) -> dict[str, object]:
    step = execution.steps[-1]
    return {
        "stage": step.stage,
        "exit_code": step.exit_code,
        "stdout": step.stdout.decode(),
        "stderr": step.stderr.decode(),
    }


async def main() -> None:
    programs: dict[str, dict[str, str | dict[str, str]]] = {}
    exec((HERE / "typescript_programs.py").read_text(), programs)
    provider = LocalProvider(Settings())
    cases = {}
    spec = SandboxSpec(language="typescript", limits=Limits())
    async with provider.open(spec) as sandbox:
        for name, program in programs["PROGRAMS"].items():
            files = {"index.ts": program} if isinstance(program, str) else dict(program)
            code = files.pop("index.ts")
            execution = await sandbox.run(Snippet(code=code, language="typescript", files=files))
            cases[name] = {"code": code, "files": sorted(files), **words(execution)}
            runtime = execution.runtime
    await provider.aclose()
    captured = {
        "runtime": runtime,
        "captured": datetime.now(UTC).date().isoformat(),
        "cases": cases,
    }
    text = json.dumps(captured, indent=1, ensure_ascii=False)
    file = f"typescript-{runtime.split()[-1]}.json"
    await asyncio.to_thread((Path.cwd() / file).write_text, text + "\n")


if __name__ == "__main__":
    asyncio.run(main())
