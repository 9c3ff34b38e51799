"""What stands for sandboxes: three folders, and a shell that is fed as the daemon feeds it."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from daytona_validate._models import Execution, Limits, Stage, Step
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import SandboxPaths, TimedCommand
from daytona_validate._providers.daytona.envelope.run_script import run_script
from daytona_validate._providers.daytona.envelope.supervisor import FILE, SOURCE

SHELLS = {
    "bash": ("bash",),
    "dash": ("dash",),
    "zsh": ("zsh",),
    "mksh": ("mksh",),
    "busybox": ("busybox", "sh"),
}
PLAIN_ID = 64_200
"""Whose the sandbox is where all runs under one id, if root runs the tests."""
DAEMONS_OWN = {"DAYTONA_SANDBOX_ID": "0", "PERL5OPT": "-Mno_such_module", "LC_ALL": "xx_XX.UTF-8"}


@dataclass
class Box:
    """One sandbox, which has one run."""

    root: Path
    shell: tuple[str, ...] = ("sh",)
    path: str = os.environ["PATH"]
    user: int | None = None
    """As whom everything in it runs; None is whoever runs the tests."""
    programs: str | None = None
    """Where the supervisor looks for programs; None is `path`."""
    carries_supervisor: bool = os.getuid() != 0
    """False: the snapshot's is used, which must be root's."""
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))

    def __post_init__(self) -> None:
        self.root.chmod(0o755)
        self.work, self.ours = self.root / "work", self.root / "ours"
        for folder in (self.work, self.ours, self.root / "tmp"):
            folder.mkdir()
            if self.user is not None and folder != self.ours:
                os.chown(folder, self.user, self.user)
        (self.ours / "runtime").write_text("python 3.11.9\n")
        self.supervisor = self.ours / FILE
        self.supervisor.write_bytes(SOURCE)
        self.places = SandboxPaths(
            work=str(self.work),
            temporary=str(self.root / "tmp"),
            guard=str(self.root / "tmp" / "guard"),
            ours=str(self.ours),
            programs=self.path if self.programs is None else self.programs,
        )

    def command(
        self, code: str, *, timeout_s: float = 20, stage: Stage = Stage.RUN
    ) -> TimedCommand:
        return TimedCommand(stage, ("sh", "-c", code), timeout_s)

    def script(
        self,
        *commands: TimedCommand,
        files: Mapping[str, bytes] | None = None,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        keeps_network: bool = False,
        use: int = 1,
    ) -> str:
        return run_script(
            commands,
            files=files or {},
            stdin=stdin,
            environment=environment or {},
            limits=limits or Limits(),
            reserved_mib=0,
            nonce=self.nonce,
            keeps_network=keeps_network,
            carries_supervisor=self.carries_supervisor,
            use=use,
            places=self.places,
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the shell of `process/execute`."""
        return subprocess.Popen(
            self.shell,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            env=DAEMONS_OWN | {"PATH": self.path},
        )

    def send(self, script: str) -> str:
        """Return what the service answers to a script."""
        with self.start() as process:
            printed, _ = process.communicate(script.encode(), timeout=60)
        return printed.decode("utf-8", "replace")

    def run(
        self, *commands: TimedCommand, limits: Limits | None = None, **inputs: object
    ) -> Execution:
        limits = limits or Limits()
        script = self.script(*commands, limits=limits, **inputs)  # type: ignore[arg-type]  # as above
        return self.read(self.send(script), limits=limits)

    def read(self, result: str, *, limits: Limits | None = None) -> Execution:
        return read_answer(result, nonce=self.nonce, limits=limits or Limits()).execution

    def step(self, code: str, *, limits: Limits | None = None, timeout_s: float = 20) -> Step:
        """Run a line of shell, and return what became of it."""
        (step,) = self.run(self.command(code, timeout_s=timeout_s), limits=limits).steps
        return step


@pytest.fixture
def make_box() -> Iterator[Callable[..., Box]]:
    """Make any number of sandboxes, in folders that every user may enter."""
    roots: list[Path] = []

    def make(**how: object) -> Box:
        roots.append(Path(tempfile.mkdtemp(prefix="daytona-validate-box-")))
        return Box(roots[-1], **how)  # type: ignore[arg-type]  # the fields of Box

    yield make
    for root in roots:
        shutil.rmtree(root)


@pytest.fixture
def box(make_box: Callable[..., Box]) -> Box:
    """A sandbox."""
    return make_box()


@pytest.fixture(params=[f"{shell}-{kind}" for shell in SHELLS for kind in ("own", "carried")])
def any_box(request: pytest.FixtureRequest, make_box: Callable[..., Box]) -> Box:
    """A sandbox of every shell, with a supervisor and without."""
    shell, _, kind = request.param.partition("-")
    argv = SHELLS[shell]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{shell} is not installed")
    if kind == "own" and os.getuid() != 0:
        pytest.skip("the supervisor of a snapshot is root's")
    return make_box(shell=argv, carries_supervisor=kind == "carried")


@pytest.fixture
def shared_box(make_box: Callable[..., Box]) -> Box:
    """A sandbox where the supervisor and the program run under one unprivileged id."""
    return make_box(user=None if os.getuid() else PLAIN_ID)
