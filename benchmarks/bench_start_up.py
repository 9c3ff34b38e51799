"""How long does a program take from its start to its first result, beside Daytona's own SDK?"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from daytona_validate._bench.start_up import start_up
from record import write


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--name", default="start-up", help="of the result's files")
    asked = parser.parse_args()
    write(replace(asyncio.run(start_up(repetitions=asked.repetitions, say=print)), name=asked.name))


if __name__ == "__main__":
    main()
