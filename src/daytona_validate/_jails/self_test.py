"""Proof, once per start, that a jail on this host really shuts in what runs in it.

The jail tries what must not work and reports; the report is judged here. It only *opens* the
host's settings for writing, and writes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterator, Mapping
from typing import Protocol

from daytona_validate._errors import ProgramStarved, SandboxLost, SandboxUnavailable
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.own_ids import CAPABILITY_BITS, OwnIds
from daytona_validate._jails.start_advice import advice_here
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._reason import Reason

PROCESSES = 4
"""The limit that is tried out: small, so that trying it costs little."""

TIMEOUT_S = 30.0

SCRIPT = r"""
for file in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/self/uid_map; do
  (: >>"$file") 2>/dev/null && echo "writable $file"
done
(: >/usr/bin/written) 2>/dev/null && echo 'writable /usr/bin'
(: >/written) 2>/dev/null && echo 'writable /'
(: >/dev/written) 2>/dev/null && echo 'writable /dev'
printf 'terminals '; ls /dev/pts
# In a subshell, no pipeline: what this shell opens to set that up would be seen now and then.
( ls /proc/$$/fd >descriptors )
printf 'descriptors '; tr '\n' ' ' <descriptors; echo
sed -n 's/^\(CapEff\|CapBnd\|Seccomp\|NoNewPrivs\):[[:space:]]*/\1 /p' /proc/self/status
sed -n 's/^ *\([^ :]*\):.*/interface \1/p' /proc/net/dev
env | sed 's/^/environment /'
( i=0; while [ $i -lt 64 ]; do sleep 60 & i=$((i+1)); echo "forks $i"; done ) 2>/dev/null
echo finished
"""

_EXPECTED = {
    "CapEff": "0000000000000000",
    "CapBnd": "0000000000000000",
    "Seccomp": "2",
    "NoNewPrivs": "1",
    "descriptors": "0 1 2",
    "terminals": "ptmx",  # nobody's but its own
}

_OF_ROOT = dict.fromkeys(("CapEff", "CapBnd"), CAPABILITY_BITS)
"""What is otherwise in a jail with ids of its own."""


class Run(Protocol):
    """What runs a jail: `JailRunner.run`."""

    def __call__(self, jail: Jail, /, *, timeout_s: float) -> Awaitable[Step]:
        """Run it to its end."""
        ...


async def prove(run: Run) -> None:
    """Run the self-test, and judge it.

    Raises:
        SandboxUnavailable: No jail can be started, it does not shut in what runs in it, or the
            test did not come to its end in time, which tells of neither and may be tried again.
    """
    try:
        tested = await run(self_test_jail(), timeout_s=TIMEOUT_S)
    except ProgramStarved as error:
        raise _too_slow() from error
    except SandboxLost as error:
        advice = await asyncio.to_thread(advice_here)
        raise SandboxUnavailable(
            # The way out first: where there is little room, the rest is cut off.
            f"No sandbox can be started here. {advice} ({error})",
            reason=Reason.NO_ISOLATION,
        ) from error
    if tested.limit is Limit.TIMEOUT:
        raise _too_slow()
    wrong = faults(tested.stdout.decode("utf-8", "replace"))
    if wrong:
        raise SandboxUnavailable(
            f"This host does not isolate, so nothing is run: {'; '.join(wrong)}.",
            reason=Reason.NO_ISOLATION,
        )


def _too_slow() -> SandboxUnavailable:
    return SandboxUnavailable(
        "The test of whether this machine isolates did not come to its end, so nothing is run: the "
        "machine is too busy, or too slow. Try again.",
        reason=Reason.STARVED,
        retryable=True,
    )


def self_test_jail(ids: OwnIds | None = None) -> Jail:
    """Return the jail whose output `faults` judges."""
    return Jail(argv=("sh", "-c", SCRIPT), limits=Limits(processes=PROCESSES), ids=ids)


def faults(report: str, *, ids: OwnIds | None = None) -> list[str]:
    """Return what the report of the self-test shows to be wrong; empty if all is well."""
    expected = _EXPECTED if ids is None else _EXPECTED | _OF_ROOT
    return list(_faults([line.partition(" ")[::2] for line in report.splitlines()], expected))


def _faults(said: list[tuple[str, str]], expectations: Mapping[str, str]) -> Iterator[str]:
    facts = {name: value.strip() for name, value in said}
    for name, value in said:
        if name == "writable":
            yield f"{value} can be written"
        if name == "interface" and value != "lo":
            yield f"the network interface {value} can be seen"
        if name == "environment" and not re.match(r"(HOME|PATH|LANG|PWD|_|SHLVL|OLDPWD)=", value):
            yield f"the environment variable {value.partition('=')[0]} leaks in"
    for name, expected in expectations.items():
        if facts.get(name) != expected:
            yield f"{name} is {facts.get(name)!r} and not {expected!r}"
    if int(facts.get("forks", "0")) >= PROCESSES:
        yield f"the limit of {PROCESSES} processes is not enforced"
    if "finished" not in facts:
        yield "the test did not come to its end"
