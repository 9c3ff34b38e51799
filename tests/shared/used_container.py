"""A container such as Daytona's, for snippets one after the other, with namespaces of its own.

Its root is a disk in memory; programs and libraries of this machine are there to be read. Nothing
else of the machine can be reached from it: what cleans up in it can touch nothing outside.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from daytona_validate._models import Limits, Stage, Step
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import TimedCommand
from daytona_validate._providers.daytona.envelope.reuse import RunAnswer
from daytona_validate._providers.daytona.envelope.run_script import run_script
from daytona_validate._providers.daytona.envelope.supervisor import FILE, SOURCE

NEEDED = ("unshare", "nsenter", "pivot_root", "setpriv", "mount", "perl")
IS_POSSIBLE = os.getuid() == 0 and all(map(shutil.which, NEEDED))
WHY_NOT = f"only root, with {', '.join(NEEDED)}, makes such a container"
PYTHON = "/opt/python/bin/python3"
SNIPPET_ID = 64_100
LIMITS = Limits(disk_mib=16, processes=64)

_SPACES = (
    *("setpriv", "--pdeathsig", "KILL", "unshare", "--fork", "--kill-child"),
    *("--mount", "--pid", "--ipc", "--net", "--uts"),
)
_PEOPLE = "root:x:0:0:root:/root:/bin/sh\nsnippet:x:64100:64100::/work:/bin/sh\n"
_GROUPS = "root:x:0:\nsnippet:x:64100:\n"
# Arguments: the folder that becomes the root, and where Python is on this machine.
_BUILD = r"""
set -e
umask 022
root=$1
mount -t tmpfs -o size=256m,nr_inodes=30000,mode=755 tmpfs "$root"
cd "$root"
mkdir -p before dev etc home/daytona opt/python opt/daytona-validate proc root run/lock usr \
    var/tmp var/spool/cron/crontabs tmp work
for each in bin sbin lib lib64; do [ ! -L /$each ] || cp -P /$each .; done
for each in /usr:usr "$2:opt/python"; do
    mount --bind "${each%%:*}" "${each#*:}"
    mount -o remount,bind,ro "${each#*:}"
done
for each in ld.so.cache nsswitch.conf; do [ ! -e /etc/$each ] || cp /etc/$each etc; done
mount -t tmpfs -o mode=755 tmpfs dev
for each in null zero full random urandom tty; do
    : >dev/$each
    mount --bind /dev/$each dev/$each
done
mkdir dev/shm dev/mqueue
mount -t tmpfs -o size=32m,mode=1777 tmpfs dev/shm
mount -t mqueue mqueue dev/mqueue
chmod 1777 dev/mqueue tmp var/tmp run/lock
chmod 1730 var/spool/cron/crontabs
chown 64100:64100 work
printf %s "$3" >etc/passwd
printf %s "$4" >etc/group
mount -t proc proc proc
pivot_root . before
cd /
umount -l before
rmdir before
: >only-a-container
# As first process, one that reaps whoever loses its parent.
exec perl -e '$| = 1; $SIG{CHLD} = "IGNORE"; print "ready\n"; sleep 1000 while 1'
"""


@dataclass
class Container:
    """Container: lives on between uses, as a sandbox does. Build: `used_container()`."""

    init: int
    """Of its first process, on this machine."""
    path: str = "/usr/local/bin:/usr/bin:/sbin:/bin"
    """Of the daemon, whose shell runs what is sent."""
    environment: dict[str, str] = field(default_factory=dict)
    """Its other variables."""
    without: tuple[str, ...] = ()
    """Statements of the supervisor that are left out, to see that what they do is needed."""
    shell: str = "sh"
    session: tuple[str, ...] = ()
    """What starts the daemon's shell, such as in a session with a keyring."""
    nonces: dict[int, str] = field(default_factory=dict)

    def execute(self, script: str, *, longest_s: float = 60) -> str:
        """Feed a shell of root's in it, as Daytona's daemon does, and return what it prints."""
        into = ("nsenter", "-t", str(self.init), "-m", "-p", "-i", "-n", "-u", "-r", "-w")
        is_there = '[ -e /only-a-container ] && exec "$@"'  # never is this machine cleaned up
        done = subprocess.run(
            [*into, "sh", "-c", is_there, "sh", *self.session, self.shell],
            input=script.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            env={"PATH": self.path, **self.environment},
            timeout=longest_s,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")

    def script(
        self,
        use: int,
        *commands: TimedCommand,
        files: Mapping[str, bytes] | None = None,
        limits: Limits = LIMITS,
    ) -> str:
        """Return what is sent for a use; the same nonce each time."""
        made = run_script(
            commands,
            files=files or {},
            stdin=b"",
            environment={},
            limits=limits,
            reserved_mib=1024,
            nonce=self.nonces.setdefault(use, secrets.token_hex(16)),
            carries_supervisor=True,
            use=use,
        )
        for statement in self.without:
            assert made.count(f"\n{statement}\n") == 1, f"the supervisor has no {statement!r}"
            made = made.replace(f"\n{statement}\n", "\n")
        return made

    def run(
        self, use: int, *commands: TimedCommand, limits: Limits = LIMITS, **inputs: object
    ) -> RunAnswer:
        """Return what the supervisor answers."""
        script = self.script(use, *commands, limits=limits, **inputs)  # type: ignore[arg-type]  # as above
        return read_answer(self.execute(script), nonce=self.nonces[use], limits=limits)

    def sh(self, use: int, code: str, *, timeout_s: float = 20) -> RunAnswer:
        """Run lines of shell as the program of a use."""
        return self.run(use, TimedCommand(Stage.RUN, ("sh", "-c", code), timeout_s))

    def python(self, use: int, code: str, *, timeout_s: float = 20) -> RunAnswer:
        """Run a program in Python as the program of a use."""
        command = TimedCommand(Stage.RUN, (PYTHON, "-I", "main.py"), timeout_s)
        return self.run(use, command, files={"main.py": code.encode()})


def said(answer: RunAnswer) -> str:
    """Return what the last command printed, if it ended well."""
    step: Step = answer.execution.steps[-1]
    assert (step.exit_code, step.limit) == (0, None), step
    return step.stdout.decode()


@contextmanager
def used_container() -> Iterator[Container]:
    """Have a container that nobody has used yet."""
    root = Path(tempfile.mkdtemp(prefix="daytona-validate-container-"))
    argv = [*_SPACES, "sh", "-c", _BUILD, "sh", str(root), sys.base_prefix, _PEOPLE, _GROUPS]
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            is_ready = process.stdout.readline() == b"ready\n"
            assert is_ready, process.stderr.read()
            tasks = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            made = Container(int(tasks.read_text().split()[0]))
            made.execute(
                "cat >/opt/daytona-validate/runtime <<'_'\npython 3.11.9\n_\n"
                f"cat >/opt/daytona-validate/{FILE} <<'_END_'\n{SOURCE.decode()}_END_\n"
            )
            yield made
        finally:
            process.kill()
    root.rmdir()
