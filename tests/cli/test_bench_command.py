"""The command `bench`: what it measures, shows and writes, and what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result

from daytona_validate import Snippet
from daytona_validate._bench.suite import BENCHES
from daytona_validate._cli.bench import WHAT
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate.testing import Execution, FakeProvider, ran
from eventually import wait_until

Invoke = Callable[..., Result]


def right(snippet: Snippet) -> Execution:
    return ran(snippet.expected_output or "")


def test_its_names_are_those_of_the_benchmarks() -> None:
    assert tuple(BENCHES) == WHAT


def test_validations_with_another_provider_are_counted_and_timed(invoke: Invoke) -> None:
    result = invoke("bench", "throughput", provider=FakeProvider(right))
    assert result.exit_code == 0
    head, *rows = result.stdout.splitlines()[1:]
    assert head.split("  ")[0] == "language"
    assert [row.split()[:2] for row in rows] == [["python", "4"]]
    assert "this makes 25 sandboxes" in result.stderr
    assert "python, 4 at a time: " in result.stderr


def test_what_did_not_come_out_as_it_must_is_a_failure(invoke: Invoke) -> None:
    result = invoke("bench", "throughput", "-q", "--repetitions=1", provider=FakeProvider())
    assert result.exit_code == 1
    assert result.stderr == "not as it must be: 8\n"


def test_all_is_written_as_json_and_what_can_be_drawn_is(invoke: Invoke, in_folder: Path) -> None:
    files = ("--json=all.json", "--svg=all.svg")
    result = invoke("bench", "throughput", "--repetitions=1", *files, provider=FakeProvider(right))
    assert result.exit_code == 0
    assert "there is nothing to draw" in result.stderr
    assert [path.name for path in in_folder.iterdir()] == ["all.json"]
    value = json.loads((in_folder / "all.json").read_text())
    (record,) = value["benchmarks"]
    assert value["schema_version"] == 1
    assert {"commit", "date", "machine", "versions", "inputs", "rows"} <= record.keys()
    assert record["rows"][0][2].keys() == {"median", "low", "high"}


@pytest.mark.slow
@pytest.mark.thorough
def test_our_own_overhead_is_drawn(invoke: Invoke, in_folder: Path) -> None:
    result = invoke("bench", "fan-out", "--repetitions=1", "--svg=all.svg")
    assert result.exit_code == 0
    assert "gather + Semaphore" in result.stdout
    assert "uvloop" not in result.stdout
    assert ET.parse(in_folder / "all.svg").getroot().attrib["role"] == "img"


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.skipif(find_spec("daytona") is None, reason="Daytona's SDK is not installed")
@pytest.mark.timeout(300)  # it starts many processes, one after the other
def test_a_start_stands_beside_that_of_the_sdk_if_asked(invoke: Invoke) -> None:
    beside = invoke("bench", "start-up", "--repetitions=1", "--against=sdk")
    assert beside.exit_code == 0
    assert "/ SDK's" in beside.stdout


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
def test_this_machine_stands_beside_bare_processes(tmp_path: Path, jail_cache_dir: Path) -> None:
    command = [sys.executable, "-m", "daytona_validate", "bench", "throughput", "--repetitions=1"]
    environment = {**os.environ, "DAYTONA_CACHE_DIR": str(jail_cache_dir)}
    result = subprocess.run(
        [*command, "--language=py", "--svg=all.svg"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "isolated / bare" in result.stdout
    assert "isolated" in (tmp_path / "all.svg").read_text()


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
def test_sandboxes_of_daytonas_are_few_and_gone_afterwards(
    tmp_path: Path, daytona: ThreadedEmulator
) -> None:
    emulator = daytona.emulator
    command = [sys.executable, "-m", "daytona_validate", "bench", "throughput", "--repetitions=1"]
    before = emulator.counts.created
    result = subprocess.run(
        [*command, "--provider=daytona"],
        cwd=tmp_path,
        env={**os.environ, **emulator.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "this makes 9 sandboxes at daytona" in result.stderr
    assert emulator.counts.created - before == 9
    assert daytona.until(lambda counts: counts.alive == 0, longest_s=60).alive == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verdicts", "--against=sdk"), "--against sdk is for client and start-up"),
        (("throughput", "--language=cobol"), "no language is called 'cobol'"),
        (("--json=missing/all.json",), "--json: cannot write missing/all.json"),
        (("memory",), "'memory' is not one of"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_measured(
    invoke: Invoke, arguments: tuple[str, ...], words: str
) -> None:
    fake = FakeProvider()
    result = invoke("bench", *arguments, provider=fake)
    assert result.exit_code == 2
    assert words in result.stderr
    assert fake.asked == 0


@pytest.mark.thorough
@pytest.mark.slow
def test_without_the_sdk_it_says_so_in_one_sentence(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['daytona'] = None; sys.argv[1:] = ['bench', '--against', 'sdk']; "
        "from daytona_validate.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "error: --against sdk needs Daytona's SDK: pip install daytona\n"


@pytest.mark.thorough
@pytest.mark.slow
def test_at_daytona_without_a_key_nothing_is_measured(invoke: Invoke, in_folder: Path) -> None:
    command = [sys.executable, "-m", "daytona_validate", "bench", "--provider=daytona"]
    done = subprocess.run(command, cwd=in_folder, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "API key not configured" in done.stderr


@pytest.mark.thorough
@pytest.mark.slow
def test_interrupted_it_leaves_no_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "daytona_validate", "bench", "client"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            assert running.stderr is not None
            assert "in flight" in running.stderr.readline()
            listed = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text()
            children = [Path("/proc") / pid for pid in listed.split()]
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 143
    assert len(children) >= 1
    wait_until(lambda: not any(each.exists() for each in children))
