"""How a command is started in a machine, and what is learnt of its end.

A command is the stdin of a shell without arguments, through a pipe as under Daytona's daemon: a
shell reads a pipe byte by byte, so that what it starts finds the rest of the command there; of a
file it reads ahead. Both streams of the shell go to one pipe, so that they stay in order.

What starts the shell has the other pipe for itself and reports there how the shell ended. A
program could write there too, and would only deceive whoever asked to run it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._models import Limits, Stage
from daytona_validate._providers.local.jails.jail import Bind, Jail
from daytona_validate._providers.local.jails.runner import JailRunner
from daytona_validate._runtime.worker_thread import in_thread

LOST = -1
"""What the daemon reports of a shell that a signal ended, or that could not be started."""

PERL = "/usr/local/bin/perl"
"""Where a machine has perl, if the host has it: /usr/bin is the same in all jails."""

_TRY_S = 10.0
_TRY = f"command -v bash || command -v sh; {PERL} -e 'fork || exit 3'"

# A writer of its own: when the shell has ended, nobody waits for what it did not read.
_BY_PERL = r"""
my ($shell, $folder) = @ARGV;
sub unstarted { print STDERR "unstarted fork/exec $shell: \l$!\n"; exit 125 }
chdir $folder or unstarted();
pipe(my $command, my $feed) or unstarted();
defined(my $writer = fork) or unstarted();
if (!$writer) {
  close $command;
  while (my $left = sysread(STDIN, my $chunk, 65536)) {
    for (my $at = 0; $left; ) {
      defined(my $written = syswrite($feed, $chunk, $left, $at)) or exit;
      $at += $written; $left -= $written;
    }
  }
  exit;
}
defined(my $pid = fork) or unstarted();
if (!$pid) {
  close $feed;
  setpgrp(0, 0);
  open(STDIN, "<&", $command) or exit 126;
  open(my $report, ">&", \*STDERR) or exit 126;
  open(STDERR, ">&", \*STDOUT) or exit 126;
  exec { $shell } $shell;
  print $report "unstarted fork/exec $shell: \l$!\n";
  exit 125;
}
close $command; close $feed;
waitpid($pid, 0);
my ($signal, $code) = ($? & 127, $? >> 8);
print STDERR $signal ? "signal $signal\n" : "exit $code\n";
exit($signal ? 128 + $signal : $code);
"""

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

    def argv(self, folder: str) -> tuple[str, ...]:
        """Return what to run in a jail whose stdin is the command.

        Args:
            folder: Where the command starts; it need not exist.
        """
        if self.perl is not None:
            return (PERL, "-e", _BY_PERL, self.shell, folder)
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
