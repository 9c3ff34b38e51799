"""Files of a machine are read and written from inside it, whatever its programs have planted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine

pytestmark = pytest.mark.jail


async def test_what_is_written_is_read(machine: EmulatedMachine) -> None:
    content = bytes(range(256)) * 4096
    await machine.write("/work/deep/er/file", content)
    assert await machine.read("/work/deep/er/file") == content
    done = await machine.execute("cksum </work/deep/er/file; stat -c %u /work/deep; id -u")
    _, owner, user = done.output.splitlines()
    assert owner == user


async def test_a_relative_path_starts_at_home(machine: EmulatedMachine) -> None:
    await machine.write("folder/a 'b'\n", b"")
    assert await machine.read("/home/daytona/folder/a 'b'\n") == b""


async def test_a_path_is_no_option(machine: EmulatedMachine) -> None:
    await machine.write("-", b"dash")
    await machine.write("--help", b"help")
    assert (await machine.read("-"), await machine.read("--help")) == (b"dash", b"help")


async def test_a_file_is_replaced(machine: EmulatedMachine) -> None:
    await machine.write("/tmp/file", b"long content")
    await machine.write("/tmp/file", b"short")
    assert await machine.read("/tmp/file") == b"short"


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/work/nothing", FileNotFoundError),
        ("/etc/shadow", FileNotFoundError),
        ("../../../../../../../../etc/shadow", FileNotFoundError),
        ("/work", IsADirectoryError),
        ("/work/fifo", OSError),
        ("/dev/zero", OSError),
        ("/work/zero", OSError),
        ("a\0b", OSError),
        ("/work/" + "x" * 5000, OSError),
    ],
)
async def test_what_cannot_be_read(
    machine: EmulatedMachine, path: str, error: type[OSError]
) -> None:
    await machine.execute("cd /work; mkfifo fifo; ln -s /dev/zero zero")
    with pytest.raises(error) as refused:
        await machine.read(path)
    assert refused.value.filename == path


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/work", IsADirectoryError),
        ("/work/fifo", OSError),
        ("/etc/hosts", PermissionError),
        ("/usr/bin/sh", PermissionError),
        ("/opt/daytona-validate/runtime", PermissionError),
        ("/elsewhere/file", PermissionError),
        ("/proc/sys/kernel/core_pattern", PermissionError),
        ("/work/out/file", PermissionError),
        ("../../../../etc/hosts", PermissionError),
    ],
)
async def test_what_cannot_be_written(
    machine: EmulatedMachine, path: str, error: type[OSError]
) -> None:
    await machine.execute("cd /work; mkfifo fifo; ln -s /etc out")
    with pytest.raises(error):
        await machine.write(path, b"x")


async def test_a_link_leads_no_further_than_the_machine(
    machine: EmulatedMachine, tmp_path: Path
) -> None:
    """This process may be root: what it read or wrote by itself would be the host's files."""
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    await machine.execute(f"ln -s {secret} /work/link; ln -s {tmp_path} /work/folder")
    for path in ("/work/link", "/work/folder/secret"):
        with pytest.raises(FileNotFoundError):
            await machine.read(path)
        with pytest.raises(PermissionError):
            await machine.write(path, b"changed")
    assert secret.read_text() == "of the host"
    assert list(tmp_path.iterdir()) == [secret]


async def test_a_link_within_is_followed(machine: EmulatedMachine) -> None:
    await machine.execute("ln -s /tmp/target /work/link")
    await machine.write("/work/link", b"through")
    assert await machine.read("/tmp/target") == b"through"


async def test_a_write_that_would_not_fit_is_refused(machine: EmulatedMachine) -> None:
    with pytest.raises(OSError, match="No space left"):
        await machine.write("/work/large", bytes(9 * 1024 * 1024))
    await machine.write("/work/half", bytes(5 * 1024 * 1024))
    with pytest.raises(OSError, match="No space left"):
        await machine.write("/tmp/half", bytes(4 * 1024 * 1024))
    with pytest.raises(FileNotFoundError):
        await machine.read("/tmp/half")


async def test_a_swapped_file_is_never_the_hosts(machine: EmulatedMachine, tmp_path: Path) -> None:
    """While we read, a program puts links and files in one another's place."""
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    await machine.write("/work/file", b"mine")
    swap = f"while :; do ln -sf {secret} l; mv -f l file; echo mine >f; mv -f f file; done"
    swapping = asyncio.ensure_future(machine.execute(swap, cwd="/work"))
    for _ in range(5):
        try:
            assert b"host" not in await machine.read("/work/file")
        except OSError:
            continue
    swapping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await swapping


async def test_what_is_closed_cannot_be_read_but_by_root(
    machine_of_one_user: EmulatedMachine,
) -> None:
    await machine_of_one_user.execute("echo x >/work/closed; chmod 0 /work/closed")
    with pytest.raises(PermissionError):
        await machine_of_one_user.read("/work/closed")
