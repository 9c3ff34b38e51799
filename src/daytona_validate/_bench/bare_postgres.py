"""One PostgreSQL server for the whole run, as the bare side of SQL needs it."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",  # a socket in its folder will do
}
"""The first three as in the sandbox, where nothing need be safe on a disk."""
_START_S = 60.0


@contextmanager
def postgres_server(programs: Path) -> Iterator[dict[str, str]]:
    """Hold a new server on a data folder of its own; what is yielded tells psql where it is."""
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, _user_id(), -1)
        data = f"{folder}/data"
        control = (programs / "pg_ctl", "-D", data, "-s", "-w")
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        with Path(data, "postgresql.conf").open("a") as file:
            settings = SETTINGS | {"unix_socket_directories": folder}
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        _run(*control, "-l", f"{folder}/log", "-t", "60", "start")
        try:
            yield {"PGHOST": folder, "PGUSER": "postgres", "PGDATABASE": "postgres"}
        finally:
            _run(*control, "-m", "immediate", "stop")


def _user_id() -> int:
    """Return who the server runs as: it refuses root, who makes it `nobody`'s."""
    return os.geteuid() or pwd.getpwnam("nobody").pw_uid


def _run(*argv: str | Path) -> None:
    is_root = os.geteuid() == 0
    subprocess.run(
        argv,
        check=True,
        timeout=_START_S,
        cwd="/",
        user=_user_id() if is_root else None,
        extra_groups=() if is_root else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
