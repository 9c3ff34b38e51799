"""How a command is started in a machine, and what is learnt of its end.

A command is the stdin of a shell without arguments, through a pipe as under Daytona's daemon: a
shell reads a pipe byte by byte, so that what it starts finds the rest of the command there; of a
file it reads ahead. Both streams of the shell go to one pipe, so that they stay in order.

Where the host has perl, all commands run in one jail, under `keeper.pl`, and find the port of
Daytona's daemon open (`keeper_daemon.pl`). Where it has none, each
has a jail of its own, and what it leaves in the background ends with it. What starts the shell has
a pipe for itself and reports there how the shell ended. A program could write there too, and would
only deceive whoever asked to run it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._emulator.machines.keeper_socket import INSIDE
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._runtime.worker_thread import in_thread

LOST = -1
"""What the daemon reports of a shell that a signal ended, or that could not be started."""

PERL = "/usr/local/bin/perl"
"""Where a machine has perl, if the host has it: /usr/bin is the same in all jails."""

_TRY_S = 10.0
_TRY = f"command -v bash || command -v sh; {PERL} -e 'fork || exit 3'"

_KEEPER, _DAEMON = (
    Path(__file__).with_name(f"{name}.pl").read_text(encoding="utf-8")
    for name in ("keeper", "keeper_daemon")
)

# Without perl a shell that was killed cannot be told from one that ended with 128 + n.
_BY_SHELL = r"""
cd -- "$2" 2>/dev/null ||
  { echo "unstarted fork/exec $1: no such file or directory" >&2; exit 125; }
exec 3>&2 2>&1
cat | "$1" 3>&-
s=$?
echo "exit $s" >&3
exit $s
"""

_REPORT = re.compile(r"(?:exit (?P<code>\d+)|signal \d+|unstarted (?P<why>.*))")


@dataclass(frozen=True, slots=True)
class ShellEnd:
    """How the shell of a command ended."""

    exit_code: int
    """`LOST` if a signal ended it, or it was never started."""
    why_unstarted: str = ""
    """What the daemon gives as output of a command that it could not start."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """What starts the commands of all machines on this host."""

    shell: str
    """Absolute path in the jail."""
    perl: Bind | None
    """None: the host has none, or none that runs in a jail."""

    def keeper_argv(self) -> tuple[str, ...]:
        """Return what to run in the jail that all commands of a machine run in; perl is there."""
        return (PERL, "-e", _DAEMON + _KEEPER, self.shell, INSIDE)

    def argv(self, folder: str) -> tuple[str, ...]:
        """Return what to run in a jail for one command, its stdin, where there is no perl.

        Args:
            folder: Where the command starts; it need not exist.
        """
        return ("sh", "-c", _BY_SHELL, "sh", self.shell, folder)


async def launcher(runner: JailRunner) -> Launcher:
    """Find what this host has, and try it in a jail.

    Raises:
        SandboxUnavailable: No jail could be started.
    """
    program = await in_thread(lambda _: shutil.which("perl", path="/usr/bin:/bin"))
    perl = Bind(str(await in_thread(lambda _: Path(program).resolve())), PERL) if program else None
    jail = Jail(argv=("sh", "-c", _TRY), limits=Limits(), binds=(perl,) if perl else ())
    step = await runner.run(jail, stage=Stage.SETUP, timeout_s=_TRY_S)
    return Launcher(step.stdout.decode().strip(), perl if step.exit_code == 0 else None)


def shell_end(report: bytes) -> ShellEnd:
    """Read the report, the first line that is one; without it, nobody lived to report."""
    lines = report.decode("utf-8", "replace").splitlines()
    match = next(filter(None, map(_REPORT.fullmatch, lines)), None)
    if match is None:
        return ShellEnd(LOST)
    if match["why"] is not None:
        return ShellEnd(LOST, match["why"])
    return ShellEnd(LOST if match["code"] is None else int(match["code"]))
