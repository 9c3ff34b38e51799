"""Where the caller may have less of something than a jail has, no program is to blame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.ceilings import Highest, cut_short_at_s
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits


@pytest.mark.parametrize(
    ("highest", "expected"),
    [(Highest(cpus=2), None), (Highest(cpus=2, cpu_s=30), None), (Highest(cpus=2, cpu_s=29), 29)],
    ids=["no limit", "as much", "less"],
)
def test_what_the_callers_limit_leaves(highest: Highest, expected: int | None) -> None:
    assert cut_short_at_s(10, highest) == expected


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "(while :; do :; done); exit 3",
        pytest.param("while :; do :; done", marks=pytest.mark.thorough),
    ],
)
@pytest.mark.parametrize("groups", ["the host's", "none"])
async def test_a_program_that_meets_it_is_not_judged(
    jail_runner: JailRunner, line: str, groups: str
) -> None:
    host = jail_runner._host
    host = replace(host, highest=replace(host.highest, cpu_s=1))
    runner = JailRunner(host, jail_runner._cgroups if groups != "none" else Cgroups(()))
    with pytest.raises(SandboxLost, match=r"ulimit -t"):
        await runner.run(Jail(argv=("sh", "-c", line), limits=Limits()), timeout_s=20)
