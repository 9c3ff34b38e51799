"""The processes of a soak: a worker that is soaked, and an emulator of Daytona's, each in a session
of its own, as root or as a plain user.

Whoever holds them is the subreaper of all that they start, so that nothing leaves the family.
"""

from __future__ import annotations

import ctypes
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import daytona_validate
from daytona_validate._bench.processes import environment
from daytona_validate._jails.bubblewrap import UNPRIVILEGED_IDS
from daytona_validate._jails.cgroup_places import places
from host_traces import LOOK_S, Scope

HERE = Path(__file__).parent
PLAIN_USER = 61_182
"""An id that no user has, and that no sandbox is run as."""
ROOT, PLAIN = "root", "plain"
OWN_FOLDERS = ("home", "tmp", "session")
EMULATOR = str(HERE / "soak_emulator.py")
LONGEST_END_S = 120.0
LONGEST_REMOVAL_S = 60.0
_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom the processes run as, and the folders that are theirs alone."""

    caller: str
    cache: Path
    folder: Path
    """Below it are the home, temporary files, and files of the session."""
    python: str

    @property
    def variables(self) -> Mapping[str, str]:
        """Their environment."""
        packages = [each for each in sys.path if each.endswith("site-packages")]
        ours = [Path(daytona_validate.__file__).parents[1], HERE, HERE.parent / "tests" / "shared"]
        own = {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_RUNTIME_DIR": str(self.folder / "session"),
            "DAYTONA_CACHE_DIR": str(self.cache),
            "PYTHONPATH": os.pathsep.join(map(str, [*ours, *packages])),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if self.caller == PLAIN:
            own["LD_LIBRARY_PATH"] = str(Path(self.python).parents[1] / "lib")
        return environment(os.environ) | own

    def started(self, *args: str, variables: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start a program of Python's, with pipes and with more variables."""
        more: dict[str, Any] = {}
        if self.caller == PLAIN and os.geteuid() == 0:
            more |= {"user": PLAIN_USER, "group": PLAIN_USER, "extra_groups": []}
        return subprocess.Popen(
            [self.python, *args],
            env={**self.variables, **variables},
            cwd="/",
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            **more,
        )


@dataclass(slots=True)
class Soaked:
    """A worker, the emulator that it talks to if it does, and what their traces are known by."""

    identity: Identity
    scope: Scope
    worker: subprocess.Popen[str]
    emulator: subprocess.Popen[str] | None = None
    access: Mapping[str, str] = field(default_factory=dict[str, str])
    """The emulator's address and key, as variables."""

    def round(self, seed: int, count: int, *, has_all_kinds: bool = False) -> dict[str, Any]:
        """Have the worker validate so many programs; return what it says.

        Raises:
            RuntimeError: It has ended.
        """
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        asked = {"seed": seed, "count": count, "has_all_kinds": has_all_kinds}
        self.worker.stdin.write(json.dumps(asked) + "\n")
        self.worker.stdin.flush()
        line = self.worker.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended with {self.worker.wait()}")
        return dict(json.loads(line))

    def counts(self) -> Mapping[str, Any]:
        """Return the emulator's counts; empty where there is none."""
        if not self.access:
            return {}
        key = {"Authorization": f"Bearer {self.access['DAYTONA_API_KEY']}"}
        url = f"{self.access['DAYTONA_BASE_URL'].removesuffix('/api')}/emulator/counts"
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(urllib.request.Request(url, headers=key)) as answer:
            return dict(json.load(answer))

    def settle(self) -> None:
        """Wait, not for ever, until the emulator has removed what it was told to."""
        end_s = time.monotonic() + LONGEST_REMOVAL_S
        while self.counts().get("alive") and time.monotonic() < end_s:
            time.sleep(LOOK_S)

    def reap(self) -> None:
        """Reap what was left to this process and has ended, as the host's first process would."""
        with suppress(ChildProcessError):
            while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if found.si_pid in self.scope.workers:
                    return
                os.waitpid(found.si_pid, 0)


def become_subreaper() -> None:
    """Have whatever descends from this process stay in its family (prctl)."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def refusal(python: str) -> str | None:
    """Return why a plain user cannot run what is soaked, in a line; None: he can."""
    packages = [each for each in sys.path if each.endswith("-packages")]
    for path in (str(HERE), python, *packages):
        for folder in Path(path).resolve().parents:
            if not folder.stat().st_mode & stat.S_IXOTH:
                return f"{folder} is closed to plain users: soak a checkout elsewhere, or as one."
    return None


@contextmanager
def identity(caller: str, cache: Path, *, python: str) -> Iterator[Identity]:
    """Hold the folders of a caller; all but the cache are removed.

    Args:
        caller: `ROOT` or `PLAIN`.
        cache: Kept; made if it is not there.
        python: An interpreter that the caller can start.
    """
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir="/var/tmp"))
    try:
        cache.mkdir(mode=0o755, exist_ok=True)
        own = [folder, *(folder / name for name in OWN_FOLDERS)]
        for each in own:
            each.mkdir(mode=0o700, exist_ok=True)
        if caller == PLAIN and os.geteuid() == 0:
            for each in (*own, cache):
                os.chown(each, PLAIN_USER, PLAIN_USER)
        yield Identity(caller=caller, cache=cache, folder=folder, python=python)
    finally:
        shutil.rmtree(folder)


@contextmanager
def soaked(
    who: Identity, provider: str, *, at_once: int, languages: Sequence[str], warm: str
) -> Iterator[Soaked]:
    """Hold a worker, and for Daytona an emulator with snapshots for the languages."""
    own = Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text()
    scope = Scope(
        ancestor=os.getpid(),
        owners=frozenset({PLAIN_USER} if who.caller == PLAIN else UNPRIVILEGED_IDS),
        folders=tuple(who.folder / name for name in OWN_FOLDERS),
        caches=(who.cache,),
        groups=tuple(Path(each.parent) for each in places(*own)),
    )
    with ExitStack() as stack:
        emulator, access = None, dict[str, str]()
        if provider == "daytona":
            emulator = stack.enter_context(_running(who, EMULATOR))
            access = _access_of(emulator)
            _build(who, access, languages)
        args = ("--provider", provider, "--at-once", str(at_once), "--languages", *languages)
        args += ("--warm", warm)
        program = str(HERE / "soak_worker.py")
        worker = stack.enter_context(_running(who, program, *args, variables=access))
        running = filter(None, (worker, emulator))
        scope = replace(scope, workers=tuple(each.pid for each in running))
        yield Soaked(who, scope, worker, emulator, access)


@contextmanager
def _running(
    who: Identity, *args: str, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Hold a process; it ends with its stdin or by SIGINT."""
    with who.started(*args, variables=variables or {}) as process:
        try:
            yield process
            assert process.stdin is not None
            process.stdin.close()
            if EMULATOR in args:
                process.send_signal(signal.SIGINT)
            process.wait(LONGEST_END_S)
        finally:
            process.kill()


def _access_of(emulator: subprocess.Popen[str]) -> dict[str, str]:
    """Return the variables that the emulator prints, as a line of shell."""
    assert emulator.stdout is not None
    words = shlex.split(emulator.stdout.readline())[1:]
    return dict(each.split("=", 1) for each in words)


def _build(who: Identity, access: Mapping[str, str], languages: Sequence[str]) -> None:
    command = ("-m", "daytona_validate", "snapshots", "build", "-q", *languages)
    building = who.started(*command, variables=access)
    printed, _ = building.communicate()
    if building.returncode:
        raise RuntimeError(f"snapshots could not be built: {printed}")
