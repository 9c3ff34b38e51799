"""Install packages inside a jail, and write what was installed to stdout as a tar stream.

This file is run as a program in a jail that reaches an index of packages, without host files and
without secrets. It imports nothing of this package. Nothing of the packages is run: wheels only, no
scripts. What a package needs must be in the index: no address, no repository, no file.

Its arguments: `pip` or `npm`, the path at which snippets will see the packages, the address of the
index, and their names.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable

OUT = "/work/out"
TEMPORARY = "/work/tmp"
CERTIFICATES = "/work/ca.pem"
"""There if the caller's environment names a bundle."""
NOT_INDEXED = ", and only what the index has is installed"


def pip_argv(index: str, names: list[str]) -> list[str]:
    """Return pip's command line: wheels only, and no settings but these."""
    certificates = ["--cert", CERTIFICATES] if os.path.exists(CERTIFICATES) else []  # noqa: PTH110
    return [
        *(sys.executable, "-s", "-m", "pip", "--isolated", "--no-input", "--no-color"),
        *("--disable-pip-version-check", "--no-cache-dir", "--retries", "2", "--timeout", "15"),
        *certificates,
        *("install", "--index-url", index, "--only-binary", ":all:", "--no-compile"),
        *("--no-warn-script-location", "--progress-bar", "off", "--target", OUT, "--", *names),
    ]


def npm_argv(index: str, names: list[str]) -> list[str]:
    """Return npm's command line: no scripts of packages, nothing sent but the names."""
    return [
        *("node", "--require=/work/registry-only.cjs", "/opt/npm/bin/npm-cli.js", "install"),
        *("--registry", index, "--prefix", OUT, "--ignore-scripts"),
        *("--no-audit", "--no-fund", "--no-save", "--no-package-lock", "--no-update-notifier"),
        *("--no-progress", "--loglevel", "error", "--cache", f"{TEMPORARY}/npm"),
        *("--fetch-retries", "2", "--fetch-retry-mintimeout", "1000"),
        *("--fetch-retry-maxtimeout", "3000", "--fetch-timeout", "30000", "--", *names),
    ]


def after_pip(target: str) -> int:
    """Refuse what came from elsewhere than the index, as pip notes it; compile the modules.

    A snippet cannot keep what it compiles: numpy takes seconds.
    """
    installed = list(importlib.metadata.distributions(path=[OUT]))
    for each in installed:
        if each.read_text("direct_url.json") is not None:
            sys.stderr.write(f"ERROR: {asked_for(each.name, installed)}\n")
            return 1
    run([sys.executable, "-m", "compileall", "-q", "-j", "0", "-s", OUT, "-p", target, OUT])
    return 0


def asked_for(name: str, installed: list[importlib.metadata.Distribution]) -> str:
    """Return which package needs another by an address, as a line."""
    for each in installed:
        for line in each.requires or []:
            found = re.match(r"\s*([\w.-]+)\s*(?:\[.*?\])?\s*@", line)
            if found and spelled(found[1]) == spelled(name):
                return f"{each.name} needs {line}{NOT_INDEXED}"
    return f"{name} is from an address{NOT_INDEXED}"


def spelled(name: str) -> str:
    """Return a name as an index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def run(argv: list[str]) -> int:
    """Run a command with its output on stderr, as stdout is the archive's."""
    environment = os.environ | {"TMPDIR": TEMPORARY, "PYTHONDONTWRITEBYTECODE": "1"}
    if os.path.exists(CERTIFICATES):  # noqa: PTH110 - imports as little as it can
        environment["NODE_EXTRA_CA_CERTS"] = CERTIFICATES
    return subprocess.call(argv, stdin=subprocess.DEVNULL, stdout=2, env=environment)


INSTALLERS: dict[
    str, tuple[Callable[[str, list[str]], list[str]], str, Callable[[str], int] | None]
] = {
    "pip": (pip_argv, OUT, after_pip),
    "npm": (npm_argv, f"{OUT}/node_modules", None),
}
"""Command line, the folder that is handed over, and what is done before, with its exit code."""


def main(installer: str, target: str, index: str, names: list[str]) -> int:
    """Install, and hand over; return the installer's exit code."""
    argv, folder, afterwards = INSTALLERS[installer]
    os.makedirs(OUT)  # noqa: PTH103 - imports as little as it can
    os.makedirs(TEMPORARY)  # noqa: PTH103 - as above
    exit_code = run(argv(index, names))
    if exit_code == 0 and afterwards is not None:
        exit_code = afterwards(target)
    if exit_code == 0:
        with tarfile.open(fileobj=sys.stdout.buffer, mode="w|") as archive:
            archive.add(folder, arcname=".")
    return exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
