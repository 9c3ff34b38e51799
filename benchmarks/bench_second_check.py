"""How long does a second check of an unchanged course take?"""

from __future__ import annotations

import argparse
from dataclasses import replace

from daytona_validate._bench.second_check import BLOCKS, second_check
from record import write


def main() -> None:
    """Measure and write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--blocks", type=int, default=BLOCKS, help="of the course")
    parser.add_argument("--name", default="second-check", help="of the result's files")
    asked = parser.parse_args()
    record = second_check(repetitions=asked.repetitions, blocks=asked.blocks, say=print)
    write(replace(record, name=asked.name))


if __name__ == "__main__":
    main()
