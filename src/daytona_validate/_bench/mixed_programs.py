"""Programs of all fates, each with the one outcome that is right for it, however busy it is.

Numbers in them differ, so that no two are equal. What is healthy and works hard needs some 60 % of
its limit on a quiet host: on a busy one it is slower than that, and has to pass all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from daytona_validate._models import Limits, Outcome, Snippet

LIMIT_S = 1.5
"""Of each program, but those that use it up, which have `SHORT_S`."""
SHORT_S = 0.5
LIMITS = Limits(memory_mib=96, processes=24, disk_mib=8, max_output_bytes=1024 * 1024)


@dataclass(frozen=True, slots=True)
class ProgramKind:
    """A sort of program."""

    name: str
    weight: int
    """How many there are among `ROUND`."""
    outcome: Outcome
    code: Callable[[int], str]
    timeout_s: float = LIMIT_S
    output: Callable[[int], str] | None = None
    """What it should print; None: anything will do."""


def _squares(number: int) -> str:
    return f"print(sum(n * n for n in range({number} % 97)))"


def _works(number: int) -> str:
    return f"import time\nwhile time.process_time() < {0.6 * LIMIT_S}: pass\nprint({number})"


def _works_in_threads(number: int) -> str:
    return (
        "import threading, time\n"
        "def work():\n"
        f"    while time.process_time() < {0.6 * LIMIT_S}: pass\n"
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "for each in threads: each.start()\n"
        "for each in threads: each.join()\n"
        f"print({number})"
    )


def _forks(number: int) -> str:
    return (
        "import os\n"
        f"for _ in range({60 + number % 7}):\n"
        "    if os.fork() == 0:\n"
        "        import time; time.sleep(60)\n"
    )


def _line(number: int) -> str:
    return f"{number}\n"


KINDS = (
    ProgramKind("computes", 14, Outcome.PASSED, _squares),
    ProgramKind("says what it should", 8, Outcome.PASSED, lambda n: f"print({n})", output=_line),
    ProgramKind("works hard", 4, Outcome.PASSED, _works, output=_line),
    ProgramKind("works hard in threads", 1, Outcome.PASSED, _works_in_threads, output=_line),
    ProgramKind(
        "sleeps a little",
        2,
        Outcome.PASSED,
        lambda n: f"import time; time.sleep({0.4 * LIMIT_S}); print({n})",
        output=_line,
    ),
    ProgramKind(
        "says something else", 3, Outcome.WRONG_OUTPUT, lambda n: f"print({n + 1})", output=_line
    ),
    ProgramKind("raises", 5, Outcome.RUNTIME_ERROR, lambda n: f"[][{n}]"),
    ProgramKind(
        "leaves with a code", 2, Outcome.RUNTIME_ERROR, lambda n: f"raise SystemExit({n % 9 + 1})"
    ),
    ProgramKind(
        "misses a module", 2, Outcome.MISSING_DEPENDENCY, lambda n: f"import not_there_{n}"
    ),
    ProgramKind(
        "never ends", 2, Outcome.TIMEOUT, lambda n: f"n = {n}\nwhile True: n += 1", SHORT_S
    ),
    ProgramKind(
        "sleeps for ever",
        1,
        Outcome.TIMEOUT,
        lambda n: f"import time; print({n}, flush=True); time.sleep(60)",
        SHORT_S,
    ),
    ProgramKind(
        "takes all memory",
        2,
        Outcome.MEMORY_LIMIT,
        lambda n: f"kept = []\nwhile True: kept.append(bytearray({2**20 + n}))",
    ),
    ProgramKind(
        "floods",
        2,
        Outcome.OUTPUT_LIMIT,
        lambda n: f"line = 'x' * {60_000 + n}\nwhile True: print(line)",
    ),
    ProgramKind("forks without end", 2, Outcome.PROCESS_LIMIT, _forks),
)
ROUND = sum(each.weight for each in KINDS)


@dataclass(frozen=True, slots=True)
class KnownProgram:
    """A snippet and the outcome that is right for it."""

    snippet: Snippet
    kind: str
    outcome: Outcome


def mixed_programs(count: int) -> tuple[KnownProgram, ...]:
    """Return so many programs, always the same: every `ROUND` has each kind by its weight."""
    return tuple(_program(kind, number) for number, kind in enumerate(islice(_kinds(), count)))


def _kinds() -> Iterator[ProgramKind]:
    """Yield kinds without end, those of a weight spread over the round."""
    places = [((step + 0.5) / kind.weight, kind) for kind in KINDS for step in range(kind.weight)]
    return cycle([kind for _, kind in sorted(places, key=lambda place: place[0])])


def _program(kind: ProgramKind, number: int) -> KnownProgram:
    snippet = Snippet(
        code=kind.code(number),
        language="python",
        skill=kind.name,
        limits=LIMITS,
        timeout_s=kind.timeout_s,
        expected_output=None if kind.output is None else kind.output(number),
        snippet_id=str(number),
    )
    return KnownProgram(snippet, kind.name, kind.outcome)
