"""How many isolated validations a second, beside as many bare runs with the same toolchain?"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys

from daytona_validate._bench.bare_toolchains import BARE
from daytona_validate._bench.throughput import throughput
from daytona_validate._settings import Settings
from record import write


def main() -> None:
    """Read what to measure and where, then do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--language", action="append", choices=tuple(BARE), dest="languages")
    parser.add_argument("--one-core", action="store_true", help="let all sides have one core only")
    parser.add_argument("--fast-python", action="store_true", help="fork Python programs")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # not without ending the server
    if options.one_core:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    of_some = ("-".join(options.languages),) if options.languages else ()
    of_forks = ("fast-python",) if options.fast_python else ()
    of_core = ("one-core",) if options.one_core else ()
    record = asyncio.run(
        throughput(
            languages=tuple(options.languages or BARE),
            settings=Settings(python_engine="zygote") if options.fast_python else Settings(),
            repetitions=options.repetitions,
            say=print,
            name="-".join(("local", *of_some, *of_forks, *of_core)),
        )
    )
    write(record)


if __name__ == "__main__":
    main()
