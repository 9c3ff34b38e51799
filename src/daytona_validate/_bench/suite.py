"""The benchmarks by name, as users run them: in a minute or two, or as the results were made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from daytona_validate._bench.bare_toolchains import BARE
from daytona_validate._bench.client_cost import COUNTS as CLIENT_COUNTS
from daytona_validate._bench.client_cost import SDK, client_cost
from daytona_validate._bench.client_cost import SIDES as CLIENTS
from daytona_validate._bench.mixed_programs import ROUND
from daytona_validate._bench.own_overhead import COUNT as OVERHEAD_COUNT
from daytona_validate._bench.own_overhead import SIDES as OVERHEADS
from daytona_validate._bench.own_overhead import own_overhead
from daytona_validate._bench.provider_throughput import provider_throughput
from daytona_validate._bench.record import Record
from daytona_validate._bench.sides import Side
from daytona_validate._bench.start_up import start_up
from daytona_validate._bench.throughput import COUNTS as LOCAL_COUNTS
from daytona_validate._bench.throughput import throughput
from daytona_validate._bench.verdict_agreement import AT_A_TIME, verdict_agreement
from daytona_validate._client import Validator
from daytona_validate._settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    repetitions: int
    clients: Mapping[int, int]
    """Validations of one measurement, by how many are in flight."""
    snippets: int
    """Of one measurement of our own overhead."""
    share: float
    """Of the programs in one measurement of the throughput."""
    at_a_time: tuple[int, ...]
    """Of the throughput."""
    has_uvloop: bool
    """Whether what can run on uvloop is measured on that too."""
    verdicts: int
    verdict_rounds: int


QUICK = Sizes(
    repetitions=3,
    clients={10: 50, 100: 400},
    snippets=10_000,
    share=0.25,
    at_a_time=(2,),
    has_uvloop=False,
    verdicts=ROUND,
    verdict_rounds=1,
)
FULL = Sizes(
    repetitions=5,
    clients=CLIENT_COUNTS,
    snippets=OVERHEAD_COUNT,
    share=1.0,
    at_a_time=(1, 2, 4),
    has_uvloop=True,
    verdicts=500,
    verdict_rounds=1,
)
AT_DAYTONA_AT_A_TIME = 4
AT_DAYTONA_PROGRAMS = 8
"""Of each language, in each repetition: sandboxes there are billed, and count against a quota."""
AT_DAYTONA_VERDICTS = 14
AT_DAYTONA_WAYS = (1, AT_DAYTONA_AT_A_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be measured, and with what."""

    sizes: Sizes
    languages: tuple[str, ...]
    """Of the throughput."""
    is_beside_sdk: bool
    is_local: bool
    """Whether sandboxes are of this machine."""
    settings: Settings
    validator: Callable[[int], Validator]
    """Makes a validator of the chosen provider, not yet opened, for so many at a time."""
    say: Callable[[str], None]


async def _client(choice: Choice) -> Record:
    return await client_cost(
        repetitions=choice.sizes.repetitions,
        counts=choice.sizes.clients,
        sides=_sides(choice, CLIENTS),
        say=choice.say,
    )


def _sides(choice: Choice, sides: Sequence[Side]) -> list[Side]:
    """Return those to be measured: uvloop takes its time, and the SDK is asked for."""
    return [
        side
        for side in sides
        if (choice.is_beside_sdk or side is not SDK)
        and (choice.sizes.has_uvloop or "uvloop" not in side.needs)
    ]


async def _start_up(choice: Choice) -> Record:
    return await start_up(
        repetitions=choice.sizes.repetitions, is_beside_sdk=choice.is_beside_sdk, say=choice.say
    )


async def _fan_out(choice: Choice) -> Record:
    return await own_overhead(
        repetitions=choice.sizes.repetitions,
        count=choice.sizes.snippets,
        sides=_sides(choice, OVERHEADS),
        say=choice.say,
    )


async def _throughput(choice: Choice) -> Record:
    if choice.is_local:
        counts = {name: max(2, round(choice.sizes.share * n)) for name, n in LOCAL_COUNTS.items()}
        return await throughput(
            languages=choice.languages,
            settings=choice.settings,
            repetitions=choice.sizes.repetitions,
            parallel=choice.sizes.at_a_time,
            counts=counts,
            say=choice.say,
        )
    async with choice.validator(AT_DAYTONA_AT_A_TIME) as validator:
        return await provider_throughput(
            validator,
            languages=choice.languages,
            repetitions=choice.sizes.repetitions,
            count=AT_DAYTONA_PROGRAMS,
            at_a_time=AT_DAYTONA_AT_A_TIME,
            say=choice.say,
        )


async def _verdicts(choice: Choice) -> Record:
    ways = AT_A_TIME if choice.is_local else AT_DAYTONA_WAYS
    async with choice.validator(max(ways)) as validator:
        return await verdict_agreement(
            validator,
            count=choice.sizes.verdicts if choice.is_local else AT_DAYTONA_VERDICTS,
            repetitions=choice.sizes.verdict_rounds,
            at_a_time=ways,
            say=choice.say,
        )


BENCHES: Mapping[str, Callable[[Choice], Awaitable[Record]]] = {
    "client": _client,
    "start-up": _start_up,
    "fan-out": _fan_out,
    "throughput": _throughput,
    "verdicts": _verdicts,
}
"""In the order in which they are run."""
BESIDE_SDK = ("client", "start-up")
"""Those that can stand beside Daytona's SDK."""
IN_SANDBOXES = ("throughput", "verdicts")
"""Those that need sandboxes; the others run nothing."""


def languages_for(asked: tuple[str, ...], *, is_local: bool) -> tuple[str, ...]:
    """Return the languages whose throughput is measured.

    Args:
        asked: By name; empty: two that every host has, or one at Daytona.
        is_local: Whether on this machine.
    """
    return asked or (("python", "javascript") if is_local else ("python",))


def sandboxes_at_daytona(choice: Choice, what: Sequence[str]) -> int:
    """Return how many sandboxes the benchmarks make at Daytona, if none is lost."""
    sizes = choice.sizes
    of_each = {
        "throughput": len(choice.languages) * (1 + sizes.repetitions * AT_DAYTONA_PROGRAMS),
        "verdicts": AT_DAYTONA_VERDICTS * len(AT_DAYTONA_WAYS) * sizes.verdict_rounds,
    }
    return sum(of_each[name] for name in what if name in of_each)


LANGUAGES = tuple(BARE)
"""Those with a bare side to be compared with."""
