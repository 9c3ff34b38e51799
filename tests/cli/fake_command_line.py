"""The command line over a provider that runs nothing, for tests that need a process.

Code `hold` waits for a line on stdin; code `fail` fails; code `foreign` prints what it takes to
break a report; all else passes. The last line on
stderr says how many sandboxes are left.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

from daytona_validate.__main__ import main
from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran

FOREIGN = "naïve 日本 🎉\x85\u2028\ufeff\r\n".encode() + b"\xff\xed\xa0\x80\n"
"""What every encoding but UTF-8 lacks, what ends a line for some, and what is no UTF-8."""


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
    return ran(FOREIGN if "foreign" in snippet.code else "fine\n")


fake = FakeProvider(answer)
try:
    main(fake)
finally:
    with suppress(OSError):  # a test closed it or filled it
        os.write(2, f"{fake.alive} sandboxes left\n".encode())
