"""The sides of `bench_peers.py`, and what of `tests/denials` is run without a sandbox of ours."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._bench.bare_runs import Bare, written_by
from daytona_validate._bench.processes import NotMeasured
from denial_programs import denials
from peer_looks import LOOKS, NOT_RUN, PROBES, verdict
from peer_ways import LIMITS, llm_session, with_rlimits

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"
_CHANGES = re.compile(
    r"\b(fork|kill|mkdir|write|write_bytes|write_text|unlink|mmap|memfd_create|setrlimit|ptrace"
    r"|mount|unshare|prctl|connect|connect_ex|O_RDWR|O_CREAT|O_WRONLY)\("
    r"|open\([^)\n]*[\"'][rwax]*[wax+]"
)
BARE = Bare("python3", "main.py", ((sys.executable, "-s", "main.py"),))


def test_each_denial_is_run_bare_or_a_reason_says_why_not() -> None:
    not_run = [name for names in NOT_RUN.values() for name in names]
    assert sorted([*LOOKS, *not_run]) == sorted(each.file.stem for each in denials())


def test_what_is_run_bare_only_looks() -> None:
    """Without a sandbox of ours it meets the host."""
    found = {each.file.stem: _CHANGES.search(each.code.decode()) for each in denials()}
    assert [name for name in LOOKS if found[name]] == []
    takes = ("full_disk", "many_processes", "keys", "signals_to_pid_1", "toolchain", "last_to_go")
    assert [name for name in takes if not found[name]] == ["keys"]  # by the numbers of its calls


@pytest.mark.parametrize(
    ("printed", "allowed", "told"),
    [
        ("[]\n", (), "refused"),
        ("['/root', '/home']\n", (), "let through: 2"),
        ("[PosixPath('/proc/1/environ')]\n", (), "let through: 1"),
        ("[0, 4]\n", (0,), "let through: 1"),
        ("[0]\n", (0,), "refused"),
        ("{'AF 17': 'EPERM'}\n", (), "refused"),
        ("{'AF 17': 'done', 'raw': 'EPERM'}\n", (), "let through: 1"),
        ("", (), "failed"),
        ("Traceback\n", (), "failed"),
    ],
)
def test_what_a_program_printed_says_what_it_saw(
    printed: str, allowed: tuple[object, ...], told: str
) -> None:
    assert verdict(printed, allowed) == told


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_the_side_with_rlimits_has_them() -> None:
    code = (
        "import resource as r; names = ('CPU', 'AS', 'NPROC', 'NOFILE', 'FSIZE')\n"
        "print(*(r.getrlimit(getattr(r, f'RLIMIT_{name}')) for name in names))"
    )
    written = asyncio.run(written_by(with_rlimits(BARE), code, number=0))
    assert written == " ".join(str((each, each)) for each in LIMITS.values()) + "\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="it is root that is refused")
async def test_neither_is_run_as_root(tmp_path: Path) -> None:
    """llm-sandbox would start bubblewrap as root, and a denial would look at all of the host."""
    with pytest.raises(NotMeasured, match="root"), llm_session():
        pass
    script = ROOT / "benchmarks" / "bench_peer_denials.py"
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "is not run as root" in ran.stderr


def test_the_record_has_a_row_for_each_and_ours_refuses_all() -> None:
    rows = json.loads((RESULTS / "peer-denials.json").read_text())["rows"]
    assert len(rows) == len(LOOKS) + len(PROBES)
    assert {row[-1] for row in rows} == {"refused"}
