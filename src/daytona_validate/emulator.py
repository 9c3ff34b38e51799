"""Daytona's HTTP API on this host, for the tests of programs that use Daytona.

Needs the extra `emulator`. In an asynchronous test `async with emulator() as running:`, in any
other `with threaded(emulator) as held:`, where `held.emulator` is the same:

- `running.environment`: what a client needs, by the names that it reads; `base_url`, `api_key`;
- `running.set("create", "throttled", last=2)`: faults on demand, as `docs/emulator.md` lists them;
- `running.counts`, and `await running.until(lambda counts: counts.alive == 0)`, in a thread
  `held.until(lambda counts: counts.alive == 0, longest_s=10)`.

Its sandboxes are jails: on another system than Linux the import raises `SandboxUnavailable`.
"""

from daytona_validate._linux_only import refuse_other_systems

refuse_other_systems()

from daytona_validate._emulator.counts import Counts  # noqa: E402 - see above
from daytona_validate._emulator.handle import Emulator  # noqa: E402
from daytona_validate._emulator.serve import emulator  # noqa: E402
from daytona_validate._emulator.threaded import ThreadedEmulator, threaded  # noqa: E402

__all__ = ["Counts", "Emulator", "ThreadedEmulator", "emulator", "threaded"]
