"""How a machine's keeper is started, and what its report says of a command's end.

All commands of a machine run in one jail, under one perl program: `keeper_daemon.pl`, which forks
off what answers at the port of Daytona's daemon, and then `keeper.pl`, which starts the commands.

A command is the stdin of a shell without arguments, through a pipe as under Daytona's daemon: a
shell reads a pipe byte by byte, so that what it starts finds the rest of the command there; of a
file it reads ahead. Both streams of the shell go to one pipe, so that they stay in order. What
starts the shell has a pipe for itself and reports there how the shell ended. A program could write
there too, and would only deceive whoever asked to run it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._emulator.machines.keeper import HOLDS_S
from daytona_validate._emulator.machines.keeper_socket import INSIDE, STARTING_S
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.jail import Bind, Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._reason import Reason
from daytona_validate._runtime.worker_thread import in_thread

LOST = -1
"""What the daemon reports of a shell that a signal ended, or that could not be started."""

PERL = "/usr/local/bin/perl"
"""Where a machine has the host's perl: /usr/bin is the same in all jails."""

_INSTALL = "on Debian and Ubuntu: apt-get install perl-base"
_TRY_S = 10.0
_TRY = f"command -v bash || command -v sh; {PERL} -e 'fork || exit 3'"

_KEEPER, _DAEMON = (
    Path(__file__).with_name(f"{name}.pl").read_text(encoding="utf-8")
    for name in ("keeper", "keeper_daemon")
)

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
    """The programs by which all emulated machines of this host start commands."""

    shell: str
    """Absolute path in the jail."""
    perl: Bind
    """The host's, as each jail of a machine has it."""
    program: str = _DAEMON + _KEEPER
    """What perl runs as the keeper."""
    starting_s: float = STARTING_S
    """For the keeper to be there."""
    holds_s: float = HOLDS_S
    """How long a command's answer waits for whoever still holds its output."""

    def keeper_argv(self) -> tuple[str, ...]:
        """Return what to run in the jail that all commands of a machine run in."""
        return (PERL, "-e", self.program, self.shell, INSIDE)


async def launcher(runner: JailRunner, *, path: str = "/usr/bin:/bin") -> Launcher:
    """Find the host's perl and the jails' shell, and try both in a jail.

    Args:
        runner: Starts the jail.
        path: The folders of the host in which perl is looked for.

    Raises:
        SandboxUnavailable: The host has no perl, or none that runs in a jail; or no jail could be
            started.
    """
    program = await in_thread(lambda _: shutil.which("perl", path=path))
    if program is None:
        raise SandboxUnavailable(
            f"The emulator needs perl in {path}; {_INSTALL}.", reason=Reason.HOST_FAILED
        )
    perl = Bind(str(await in_thread(lambda _: Path(program).resolve())), PERL)
    jail = Jail(argv=("sh", "-c", _TRY), limits=Limits(), binds=(perl,))
    step = await runner.run(jail, stage=Stage.SETUP, timeout_s=_TRY_S)
    if step.exit_code != 0:
        said = step.stderr.decode("utf-8", "replace").strip() or "it said nothing"
        raise SandboxUnavailable(
            f"{program} does not run in a sandbox ({said}); {_INSTALL}.", reason=Reason.HOST_FAILED
        )
    return Launcher(step.stdout.decode().strip(), perl)


def shell_end(report: bytes) -> ShellEnd:
    """Read the report, the first line that is one; without it, nobody lived to report."""
    lines = report.decode("utf-8", "replace").splitlines()
    match = next(filter(None, map(_REPORT.fullmatch, lines)), None)
    if match is None:
        return ShellEnd(LOST)
    if match["why"] is not None:
        return ShellEnd(LOST, match["why"])
    return ShellEnd(LOST if match["code"] is None else int(match["code"]))
