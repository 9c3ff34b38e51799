"""JavaScript and TypeScript after earlier codes: names and types are shared, blame is not."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import pytest

from daytona_validate import Limits, Outcome, Snippet, Stage, Validator
from daytona_validate._core.session_end import session_seal
from daytona_validate._models import Execution, Missing, MissingKind
from daytona_validate.testing import ran

pytestmark = [
    pytest.mark.timeout(600),  # the first use of a toolchain prepares it
    pytest.mark.slow,
    pytest.mark.thorough,
]

LIMITS = Limits(timeout_s=20.0)
JAVASCRIPT = Snippet(
    language="javascript",
    limits=LIMITS,
    earlier=(
        "const stock = new Map([['nut', 3]]);\nconsole.log('an earlier output');",
        "function take(name) { return stock.get(name) - 1 }\nsetInterval(() => {}, 10);",
        "const stock = null;\n\nstock.get('nut');",
    ),
    code="const take = (name) => 7;\nconsole.log(take('nut'), stock);\nmissingHere();",
)
TYPESCRIPT = Snippet(
    language="typescript",
    limits=LIMITS,
    earlier=(
        "export interface Nut { id: number; kind: Kind }\ntype Kind = 'hazel' | 'wal';",
        "let nut: Nut = { id: 1, kind: 'oak' };",
        "const first: Nut = { id: 2, kind: 'wal' };\n\n(first as any).owner.name;",
        "class Nut { shell: boolean = }",
    ),
    code=(
        "interface Kind { name: string }\n"
        "const own: Kind = { name: first.kind };\nconsole.log(own);"
    ),
)
MISTAKEN = Snippet(
    language="typescript",
    limits=LIMITS,
    earlier=TYPESCRIPT.earlier,
    code="import { sep } from 'path';\n\nconst other: Nut = { id: sep, kind: 'wal' };",
)


def _scripted(snippet: Snippet, stdout: str, stderr: str, failures: list[str | None]) -> Execution:
    mark = f"session {session_seal(snippet)} "
    said: list[dict[str, Any]] = [{"session": 1}]
    for number, failure in enumerate(failures, 1):
        said.append({"code": number, "passed": failure is None, "failure": failure or ""})
    begins = f"{mark}{json.dumps({'begins': True, 'elapsed_s': 0.1})}\n"
    report = "".join(f"{mark}{json.dumps(each)}\n" for each in said)
    return ran(begins + stdout, report + begins + stderr, exit_code=1 if stderr else 0)


def _error(file: str, line: int, message: str) -> str:
    return (
        f"/work/{file}:{line}\nx\n^\n\n{message}\n    at /work/{file}:{line}:1\n\nNode.js v24.1.0"
    )


@pytest.mark.parametrize("program", ["of both languages"])  # so that the emulator has both
async def test_earlier_codes_are_shared_and_judged_apart(case: Any, program: str) -> None:
    lost = "ReferenceError: missingHere is not defined"
    null = "TypeError: Cannot read properties of null (reading 'get')"
    undefined = "TypeError: Cannot read properties of undefined (reading 'name')"
    oak = "TS2322: Type '\"oak\"' is not assignable to type 'Kind'."
    parse = 'Unexpected "}"'
    run = partial(
        _scripted,
        stdout="7 null\n",
        stderr=_error("index.js", 3, lost) + "\n",
        failures=[None, None, _error(".earlier-0003.js", 3, null)],
    )
    case.script(JAVASCRIPT.code, run=run, check=ran())
    failures = [
        None,
        _error(".earlier-0002.ts", 1, oak),
        _error(".earlier-0003.ts", 3, undefined),
        _error(".earlier-0004.ts", 1, parse),
    ]
    run = partial(_scripted, stdout="{ name: 'wal' }\n", stderr="", failures=failures)
    case.script(TYPESCRIPT.code, run=run, check=ran())
    said = "index.ts(3,22): error TS2322: Type 'string' is not assignable to type 'number'.\n"
    case.script(MISTAKEN.code, run=ran(said, stage=Stage.COMPILE, exit_code=2), check=ran())
    async with Validator(provider=case.provider) as validator:
        results = await asyncio.gather(
            *(validator.validate(each) for each in (JAVASCRIPT, TYPESCRIPT, MISTAKEN))
        )
    script, typed, mistaken = results
    assert (script.outcome, script.output) == (Outcome.RUNTIME_ERROR, "7 null\n")
    assert script.missing == Missing(MissingKind.NAME, "missingHere")
    assert script.error_line == 3
    assert [(each.has_passed, each.line) for each in script.earlier] == [
        (True, None),
        (True, None),
        (False, 3),
    ]
    assert script.earlier[2].details == f"{null} (line 3)"
    assert (typed.outcome, typed.output) == (Outcome.PASSED, "{ name: 'wal' }\n"), typed.details
    assert [each.details for each in typed.earlier] == [
        "",
        f"{oak} (line 1)",
        f"{undefined} (line 3)",
        f"{parse} (line 1)",
    ]
    assert mistaken.outcome is Outcome.COMPILE_ERROR
    assert str(mistaken.error).startswith(said.rstrip("\n"))
    assert mistaken.error_line == 3
