"""The command line over a provider that runs nothing, for tests that need a process.

Code `hold` waits for a line on stdin; code `fail` fails; all else passes. The last line on
stderr says how many sandboxes are left.
"""

from __future__ import annotations

import asyncio
import os
import sys

from daytona_validate._cli.program import program
from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran


async def answer(snippet: Snippet) -> Execution:
    if "hold" in snippet.code:
        sys.stderr.write("held\n")
        released = asyncio.Event()
        asyncio.get_running_loop().add_reader(0, released.set)
        try:
            await released.wait()
        finally:
            asyncio.get_running_loop().remove_reader(0)
            await asyncio.sleep(0)  # a clean-up that takes a turn of the loop
    if "fail" in snippet.code:
        return ran(stderr="NameError: name 'fail' is not defined\n", exit_code=1)
    return ran("fine\n")


fake = FakeProvider(answer)
try:
    program(sys.argv[1:], prog_name="daytona-validate", obj=fake)
finally:
    os.write(2, f"{fake.alive} sandboxes left\n".encode())
