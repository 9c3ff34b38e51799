"""What does it cost to bring a snippet to a sandbox and its result back, whatever runs there?"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from daytona_validate._bench.own_overhead import COUNT, IN_FLIGHT, own_overhead
from record import write


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--count", type=int, default=COUNT, help="snippets of each measurement")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT)
    parser.add_argument("--name", default="overhead", help="of the result's files")
    asked = parser.parse_args()
    record = asyncio.run(
        own_overhead(
            repetitions=asked.repetitions,
            count=asked.count,
            in_flight=asked.in_flight,
            say=print,
        )
    )
    write(replace(record, name=asked.name))


if __name__ == "__main__":
    main()
