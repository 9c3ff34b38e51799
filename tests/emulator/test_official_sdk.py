"""Daytona's own SDK, unmodified, as a client of the emulator: what it cannot use is not Daytona.

Skipped only where it is not installed (extra `test-sdk`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from daytona_validate._emulator.threaded import ThreadedEmulator

sdk = pytest.importorskip("daytona")

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def daytona(in_thread: ThreadedEmulator) -> Any:
    """The SDK's client, told of nothing but the key and the address."""
    emulated = in_thread.emulator
    return sdk.Daytona(sdk.DaytonaConfig(api_key=emulated.api_key, api_url=emulated.base_url))


@pytest.fixture
def sandbox(daytona: Any) -> Iterator[Any]:
    made = daytona.create()
    yield made
    daytona.delete(made)


def test_a_sandbox_of_the_default_snapshot_starts_and_goes(
    daytona: Any, in_thread: ThreadedEmulator
) -> None:
    sandbox = daytona.create()
    assert sandbox.state == "started"
    assert (sandbox.cpu, sandbox.memory, sandbox.disk) == (1, 1, 3)
    assert daytona.get(sandbox.id).snapshot == "daytona-small"
    daytona.delete(sandbox, wait=True)
    with pytest.raises(sdk.DaytonaNotFoundError):
        daytona.get(sandbox.id)
    assert in_thread.emulator.counts.created == in_thread.emulator.counts.deleted == 1


def test_it_may_read_the_environment_instead(
    in_thread: ThreadedEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in in_thread.emulator.environment.items():
        monkeypatch.setenv(name, value)
    assert list(sdk.Daytona().list()) == []


def test_commands_run_in_it(sandbox: Any) -> None:
    ran = sandbox.process.exec("echo $FOO; pwd; echo to stderr >&2; exit 3", "/tmp", {"FOO": "bar"})
    assert (ran.exit_code, ran.result) == (3, "bar\n/tmp\nto stderr\n")


def test_what_a_command_leaves_running_is_there_for_the_next(sandbox: Any) -> None:
    sandbox.process.exec("sleep 98765 >/dev/null 2>&1 & echo $! >pid")
    assert sandbox.process.exec("kill $(cat pid) && echo was there").result == "was there\n"


def test_its_errors_for_a_sandbox_that_is_gone(daytona: Any, in_thread: ThreadedEmulator) -> None:
    sandbox = daytona.create()
    daytona.delete(sandbox, wait=True)
    with pytest.raises(sdk.DaytonaError, match="Bearer token is invalid"):
        sandbox.process.exec("true")


def test_code_of_three_languages_runs_in_it(daytona: Any) -> None:
    programs = {
        "python": "import sys; print(6 * 7, sys.argv[1:])",
        "javascript": "console.log(6 * 7, process.argv.slice(2))",
        "typescript": "const n: number = 6 * 7; console.log(n, process.argv.slice(2))",
    }
    for language, code in programs.items():
        sandbox = daytona.create(sdk.CreateSandboxFromSnapshotParams(language=language))
        ran = sandbox.process.code_run(code, sdk.CodeRunParams(argv=["x"]))
        assert (ran.exit_code, ran.result.replace(" ", "")) == (0, "42['x']\n")
        sandbox.delete()


def test_a_command_that_takes_too_long_is_a_timeout(sandbox: Any) -> None:
    with pytest.raises(sdk.DaytonaTimeoutError, match="command execution timeout") as late:
        sandbox.process.exec("echo begun; sleep 30", timeout=1)
    assert late.value.status_code == 408
    assert sandbox.process.exec("echo again").result == "again\n"


def test_files_go_up_and_down(sandbox: Any) -> None:
    content = bytes(range(256)) * 500
    sandbox.fs.upload_file(content, "data/all.bin")
    assert sandbox.fs.download_file("data/all.bin") == content
    assert sandbox.process.exec("wc -c <data/all.bin").result.strip() == "128000"
    with pytest.raises(sdk.DaytonaNotFoundError):
        sandbox.fs.download_file("nowhere")
    assert sandbox.get_work_dir() == sandbox.get_user_home_dir() == "/home/daytona"


def test_the_list_is_filtered_by_labels(daytona: Any) -> None:
    params = sdk.CreateSandboxFromSnapshotParams
    made = [
        daytona.create(
            params(name=f"run-{number}", labels={"app": "x", "n": str(number)}, ephemeral=True)
        )
        for number in range(3)
    ]
    found = daytona.list(sdk.ListSandboxesQuery(labels={"app": "x"}, limit=2))
    assert {each.name for each in found} == {"run-0", "run-1", "run-2"}
    (second,) = daytona.list(sdk.ListSandboxesQuery(labels={"n": "1"}))
    assert (second.id, second.auto_delete_interval) == (made[1].id, 0)
    assert daytona.get("run-2").id == made[2].id
    for each in made:
        each.delete()


def test_a_snapshot_is_built_and_used(daytona: Any) -> None:
    lines: list[str] = []
    image = sdk.Image.debian_slim("3.12").run_commands("true")
    made = daytona.snapshot.create(
        sdk.CreateSnapshotParams(name="own", image=image, resources=sdk.Resources(memory=2)),
        on_logs=lines.append,
    )
    assert (made.state, made.mem) == ("active", 2)
    assert any("own" in line for line in lines)
    sandbox = daytona.create(sdk.CreateSandboxFromSnapshotParams(snapshot="own"))
    assert sandbox.process.code_run("print('hi')").result == "hi\n"
    sandbox.delete()
    daytona.snapshot.delete(made)
    there = {each.name: each.state for each in daytona.snapshot.list().items}
    assert there == {"own": "removing", "daytona-small": "active"}


def test_a_sandbox_is_built_from_an_image(daytona: Any) -> None:
    params = sdk.CreateSandboxFromImageParams(image="node:18", resources=sdk.Resources(cpu=2))
    sandbox = daytona.create(params, timeout=120, on_snapshot_create_logs=print)
    assert (sandbox.state, sandbox.cpu) == ("started", 2)
    assert sandbox.process.exec("node -p 6*7").result == "42\n"
    sandbox.delete()


def test_it_stops_and_starts_again_with_its_files(sandbox: Any) -> None:
    sandbox.fs.upload_file(b"kept", "a.txt")
    sandbox.stop()
    assert sandbox.state == "stopped"
    with pytest.raises(sdk.DaytonaError, match="Is the Sandbox started"):
        sandbox.process.exec("ls")
    sandbox.start()
    assert sandbox.process.exec("cat a.txt").result == "kept"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("unauthorized", "DaytonaAuthenticationError"),
        ("forbidden", "DaytonaForbiddenError"),
        ("throttled", "DaytonaRateLimitError"),
        ("conflict", "DaytonaConflictError"),
        ("quota", "DaytonaBadRequestError"),
        ("bad_gateway", "DaytonaError"),
        ("html", "DaytonaError"),
        ("truncated", "DaytonaError"),
    ],
)
def test_faults_are_its_own_errors(
    daytona: Any, in_thread: ThreadedEmulator, kind: str, error: str
) -> None:
    in_thread.emulator.set("get", kind)
    with pytest.raises(getattr(sdk, error)):
        daytona.get("one")


def test_a_stale_answer_is_waited_out(daytona: Any, in_thread: ThreadedEmulator) -> None:
    in_thread.emulator.set("create", "stale")
    in_thread.emulator.set("get", "stale", last=1)
    sandbox = daytona.create()
    assert sandbox.state == "started"
    assert sandbox.process.exec("echo hi").result == "hi\n"
    sandbox.delete()
