"""What the program of one measurement does besides measuring: it reads what, and prints figures."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from daytona_validate._settings import Settings


def plain_settings(**values: object) -> Settings:
    """Return settings that are the defaults but for what is given: nobody's files are read."""
    from daytona_validate._settings.model import settings_of
    from daytona_validate._settings.variables import Layer

    return settings_of((Layer("a benchmark", values),))


def side_program(
    sides: Iterable[str], measure: Callable[[argparse.Namespace], Awaitable[DataclassInstance]]
) -> None:
    """Measure what the command line says, and print what was found as JSON.

    Args:
        sides: Names of what can be measured.
        measure: Takes `side`, `in_flight`, `count` and `port` (0: there is no server).
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=sides)
    parser.add_argument("--in-flight", type=int, default=1)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--uvloop", action="store_true")
    asked = parser.parse_args()
    factory = import_module("uvloop").new_event_loop if asked.uvloop else None

    async def found() -> DataclassInstance:
        return await measure(asked)

    with asyncio.Runner(loop_factory=factory) as runner:
        json.dump(asdict(runner.run(found())), sys.stdout)
