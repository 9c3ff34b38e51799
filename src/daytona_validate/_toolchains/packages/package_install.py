"""Install packages inside a jail, and write what was installed to stdout as a tar stream.

This file is run as a program in a jail with network, without host files and without secrets.
It imports nothing of this package. Nothing of the packages is run: wheels only, no scripts.

Its arguments: `pip` or `npm`, the path at which snippets will see the packages, and their names.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Callable

OUT = "/work/out"
TEMPORARY = "/work/tmp"
CERTIFICATES = "/work/ca.pem"
"""There if the caller's environment names a bundle."""


def pip_argv(names: list[str]) -> list[str]:
    """Return pip's command line: wheels only, and no settings but these."""
    certificates = ["--cert", CERTIFICATES] if os.path.exists(CERTIFICATES) else []  # noqa: PTH110
    return [
        *(sys.executable, "-s", "-m", "pip", "--isolated", "--no-input", "--no-color"),
        *("--disable-pip-version-check", "--no-cache-dir", "--retries", "2", "--timeout", "15"),
        *certificates,
        *("install", "--only-binary", ":all:", "--no-compile", "--no-warn-script-location"),
        *("--progress-bar", "off", "--target", OUT, "--", *names),
    ]


def npm_argv(names: list[str]) -> list[str]:
    """Return npm's command line: no scripts of packages, nothing sent but the names."""
    return [
        *("node", "/opt/npm/bin/npm-cli.js", "install", "--prefix", OUT, "--ignore-scripts"),
        *("--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--no-update-notifier"),
        *("--no-progress", "--loglevel", "error", "--cache", f"{TEMPORARY}/npm"),
        *("--fetch-retries", "2", "--fetch-retry-mintimeout", "1000"),
        *("--fetch-retry-maxtimeout", "3000", "--fetch-timeout", "30000", "--", *names),
    ]


def compile_all(target: str) -> None:
    """Compile Python's modules, as a snippet cannot keep what it compiles: numpy takes seconds."""
    run([sys.executable, "-m", "compileall", "-q", "-j", "0", "-s", OUT, "-p", target, OUT])


def run(argv: list[str]) -> int:
    """Run a command with its output on stderr, as stdout is the archive's."""
    environment = os.environ | {"TMPDIR": TEMPORARY, "PYTHONDONTWRITEBYTECODE": "1"}
    if os.path.exists(CERTIFICATES):  # noqa: PTH110 - imports as little as it can
        environment["NODE_EXTRA_CA_CERTS"] = CERTIFICATES
    return subprocess.call(argv, stdin=subprocess.DEVNULL, stdout=2, env=environment)


def nothing(target: str) -> None:
    """Do nothing after the installation."""


INSTALLERS: dict[str, tuple[Callable[[list[str]], list[str]], str, Callable[[str], None]]] = {
    "pip": (pip_argv, OUT, compile_all),
    "npm": (npm_argv, f"{OUT}/node_modules", nothing),
}
"""Command line, the folder that is handed over, and what is done before."""


def main(installer: str, target: str, names: list[str]) -> int:
    """Install, and hand over; return the installer's exit code."""
    argv, folder, afterwards = INSTALLERS[installer]
    os.makedirs(OUT)  # noqa: PTH103 - imports as little as it can
    os.makedirs(TEMPORARY)  # noqa: PTH103 - as above
    exit_code = run(argv(names))
    if exit_code == 0:
        afterwards(target)
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
            archive.add(folder, arcname=".")
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
