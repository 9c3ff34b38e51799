"""What we preload into Node shows in nothing that a program looks at, and its workers start."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from daytona_validate import Limits, Outcome, Snippet, Validator
from daytona_validate.testing import ran

pytestmark = pytest.mark.timeout(600)

PROGRAMS = {
    "arguments": (
        "console.log(process.execArgv, process.argv.length, Object.keys(require.cache).length)",
        "[] 2 1\n",
    ),
    "arguments of a module": (
        "export {}; console.log(process.execArgv, process.argv.length)",
        "[] 2\n",
    ),
    "eight workers": (
        """
        const { Worker } = require('node:worker_threads');
        const code = 'require("node:worker_threads").parentPort.postMessage(process.execArgv)';
        let left = 8;
        for (let i = 0; i < 8; i++)
          new Worker(code, { eval: true }).on('message', (argv) => {
            if (!--left) console.log(argv);
          });
        """,
        "[]\n",
    ),
    "a worker of a class of its own": (
        """
        import { Worker } from 'node:worker_threads';
        class Mine extends Worker {
          constructor() {
            super('', { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
          }
        }
        const mine = new Mine();
        console.log(mine instanceof Worker, mine.constructor.name, Worker.name,
          mine.resourceLimits.maxOldGenerationSizeMb);
        """,
        "true Mine Worker 32\n",
    ),
    "no worker of nothing": (
        """
        const { Worker } = require('node:worker_threads');
        try { new Worker(); } catch (error) { console.log(error.code); }
        try { Worker(''); } catch (error) { console.log(error.name); }
        """,
        "ERR_INVALID_ARG_TYPE\nTypeError\n",
    ),
    "streams that are replaced": (
        """
        const lines = [];
        Object.defineProperty(process, 'stdout', { value: { write: (line) => lines.push(line) } });
        process.stdout.write('kept');
        console.error(lines);
        """,
        "",
    ),
    "writes that are waited for": (
        "process.stdout.write('one\\n', () => process.stdout.end('two\\n'));",
        "one\ntwo\n",
    ),
}


@pytest.mark.parametrize(("program", "printed"), PROGRAMS.values(), ids=PROGRAMS)
async def test_a_program_finds_node_as_it_is(case: Any, program: str, printed: str) -> None:
    code = textwrap.dedent(program)
    case.script(code, run=ran(printed), check=ran())
    snippet = Snippet(code=code, language="javascript", limits=Limits(timeout_s=20.0))
    async with Validator(provider=case.provider) as validator:
        result = await validator.validate(snippet)
    assert result.outcome is Outcome.PASSED, f"{result.details}\n{result.error}"
    assert result.output == printed
