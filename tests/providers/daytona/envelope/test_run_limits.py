"""What a run may use, and what is said of a command that used it up."""

from __future__ import annotations

import math
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from daytona_validate._core.output_cap import HeadTail
from daytona_validate._models import Limit, Limits, Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

MIB = 1024 * 1024


def bounds(text: str) -> dict[str, tuple[str, str]]:
    """Read /proc/self/limits: soft and hard bound by name."""
    lines = text.splitlines()[1:]
    return {line[:26].strip(): (line[26:47].strip(), line[47:68].strip()) for line in lines}


def test_every_process_is_bounded(box: Box) -> None:
    limits = Limits(memory_mib=100, open_files=33, disk_mib=40, timeout_s=2)
    command = TimedCommand(Stage.RUN, ("cat", "/proc/self/limits"), 1.5)
    (step,) = box.run(command, limits=limits).steps
    found = bounds(step.stdout.decode())
    assert found["Max data size"] == (str(100 * MIB), str(100 * MIB))
    assert found["Max open files"] == ("33", "33")
    assert found["Max file size"] == (str(41 * MIB), str(41 * MIB))
    assert found["Max core file size"] == ("0", "0")
    assert found["Max stack size"][0] == str(8 * MIB)
    assert found["Max processes"][0] != "unlimited"
    cpus = os.cpu_count() or 1
    assert 10 < int(found["Max cpu time"][0]) <= math.ceil(2 * cpus) + 10


def test_a_signal_is_told_exactly(box: Box) -> None:
    step = box.step("kill -SEGV $$")
    assert (step.exit_code, step.signal, step.limit) == (139, signal.SIGSEGV, None)


def test_an_exit_code_like_a_signal_is_none(box: Box) -> None:
    step = box.step("exit 139")
    assert (step.exit_code, step.signal) == (139, None)


def test_a_shell_tells_a_signal_by_the_code(box: Box) -> None:
    step = box.step("kill -KILL $$")
    assert (step.exit_code, step.signal, step.limit) == (137, signal.SIGKILL, None)


def test_an_exit_code_that_no_signal_has_is_only_a_code(box: Box) -> None:
    step = box.step("exit 255")
    assert (step.exit_code, step.signal) == (255, None)


@pytest.mark.parametrize(("name", "code"), [("no-such-program", 127), ("./data", 126)])
def test_a_program_that_cannot_start_says_so(box: Box, name: str, code: int) -> None:
    (step,) = box.run(TimedCommand(Stage.RUN, (name,), 20), files={"data": b"x"}).steps
    assert (step.exit_code, step.limit) == (code, None)
    assert name.encode() in step.stderr


@pytest.mark.parametrize("kept_bytes", [0, 1, 6, 7, 299_999, 300_000])
def test_head_and_tail_are_those_of_the_local_provider(box: Box, kept_bytes: int) -> None:
    output = b"".join(b"%d\n" % number for number in range(60_000))[:300_000]
    expected = HeadTail(kept_bytes)
    expected.feed(output)
    box.work.joinpath("output").write_bytes(output)
    step = box.step("cat output; cat output >&2", limits=Limits(kept_output_bytes=kept_bytes))
    assert (step.stdout, step.lost_stdout_bytes) == (expected.value(), expected.lost_bytes)
    assert (step.stderr, step.lost_stderr_bytes) == (expected.value(), expected.lost_bytes)


def test_a_flood_is_ended_and_the_answer_stays_small(box: Box) -> None:
    limits = Limits(max_output_bytes=200_000, kept_output_bytes=1000)
    command = box.command("while :; do echo some line; echo other >&2; done")
    result = box.send(box.script(command, limits=limits))
    assert len(result) < 4000
    (step,) = box.read(result, limits=limits).steps
    assert (step.limit, step.exit_code, step.signal) == (Limit.OUTPUT, None, None)
    assert step.stdout.startswith(b"some line\n")
    assert step.lost_stdout_bytes + step.lost_stderr_bytes > 190_000


def test_a_program_that_ends_within_its_output_limit_met_none(box: Box) -> None:
    limits = Limits(max_output_bytes=200_000)
    step = box.step("head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2", limits=limits)
    assert (step.limit, step.exit_code) == (None, 0)


def test_a_program_that_ends_beyond_its_output_limit_met_it(box: Box) -> None:
    limits = Limits(max_output_bytes=199_999)
    step = box.step("head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2", limits=limits)
    assert (step.limit, step.exit_code) == (Limit.OUTPUT, None)


def test_a_file_larger_than_the_disk_is_a_full_disk(box: Box) -> None:
    step = box.step("exec head -c 3000000 /dev/zero >large", limits=Limits(disk_mib=1))
    assert (step.limit, step.exit_code, step.signal) == (Limit.DISK, 153, signal.SIGXFSZ)


def test_many_files_fill_the_disk_too(box: Box) -> None:
    step = box.step(
        "for each in 1 2 3; do head -c 400000 /dev/zero >$each; done; exit 1",
        limits=Limits(disk_mib=1),
    )
    assert (step.limit, step.exit_code) == (Limit.DISK, 1)


@pytest.mark.slow
def test_who_fills_more_than_the_disk_is_ended(box: Box) -> None:
    step = box.step(
        "for each in 1 2 3; do head -c 400000 /dev/zero >$each; done; sleep 30",
        limits=Limits(disk_mib=1),
    )
    assert (step.limit, step.exit_code) == (Limit.DISK, None)


def test_files_that_would_not_fit_are_not_run(box: Box) -> None:
    commands = [box.command("touch ran", stage=stage) for stage in (Stage.COMPILE, Stage.RUN)]
    files = {"a": bytes(600_000), "b": bytes(600_000)}
    (step,) = box.run(*commands, files=files, limits=Limits(disk_mib=1)).steps
    assert (step.stage, step.limit, step.exit_code) == (Stage.RUN, Limit.DISK, None)
    assert list(box.work.iterdir()) == []


def test_more_processes_than_allowed_are_ended_or_refused(box: Box) -> None:
    code = "for each in 1 2 3 4 5 6 7 8; do sleep 20 & done; wait"
    step = box.step(code, limits=Limits(processes=5))
    is_counted_by_kernel = not Path("/proc/self/uid_map").read_text().endswith("4294967295\n")
    assert step.limit is (None if is_counted_by_kernel else Limit.PROCESSES)
    assert step.exit_code != 0


@pytest.mark.slow
def test_time_memory_and_cpu_are_counted_for_each_command(box: Box) -> None:
    busy = "i=0; while [ $i -lt 60000 ]; do i=$((i + 1)); done"
    large = "head -c 40000000 /dev/zero | tail -c 30000000 >/dev/null"
    first, second = (each.usage for each in box.run(box.command(busy), box.command(large)).steps)
    assert 0.01 < (first.cpu_s or 0) <= first.wall_s + 0.05
    assert first.peak_memory_bytes is None or first.peak_memory_bytes < 20 * MIB
    assert 28 * MIB < (second.peak_memory_bytes or 0) < 60 * MIB
    assert not first.is_estimated
    assert not second.is_estimated


@pytest.mark.slow
def test_a_small_program_beside_a_large_compiler_leaves_the_peak_known(box: Box) -> None:
    large = "head -c 40000000 /dev/zero | tail -c 30000000 >/dev/null"
    commands = (
        box.command("exec true"),
        box.command(large, stage=Stage.COMPILE),
        box.command("exec true"),
    )
    peaks_bytes = [step.usage.peak_memory_bytes or 0 for step in box.run(*commands).steps]
    assert 0 < peaks_bytes[0] < peaks_bytes[1] > peaks_bytes[2] > 0
