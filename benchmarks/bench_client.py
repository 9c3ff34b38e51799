"""What does a validation at Daytona cost the process that asks for it, beside Daytona's own SDK?"""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace

from daytona_validate._bench.client_cost import COUNTS, SIDES, client_cost
from record import write


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--in-flight", type=int, action="append", help="default: 10, 100, 1000")
    parser.add_argument("--count", type=int, help="validations of each measurement")
    parser.add_argument("--side", action="append", choices=[side.title for side in SIDES])
    parser.add_argument("--name", default="client", help="of the result's files")
    parser.add_argument("--note", action="append", default=[], help="is written into the result")
    asked = parser.parse_args()
    counts = {n: asked.count or COUNTS.get(n, 20 * n) for n in asked.in_flight or COUNTS}
    sides = [side for side in SIDES if asked.side is None or side.title in asked.side]
    record = asyncio.run(
        client_cost(repetitions=asked.repetitions, counts=counts, sides=sides, say=print)
    )
    write(replace(record, name=asked.name, notes=(*record.notes, *asked.note)))


if __name__ == "__main__":
    main()
