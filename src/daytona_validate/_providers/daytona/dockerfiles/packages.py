"""How an image gets the configured packages, at the places where local sandboxes have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from daytona_validate._providers.daytona.dockerfiles.instructions import shell_words, written
from daytona_validate._sandbox_files import contents

_PYTHON_PACKAGES = "/opt/packages"
"""As in `sitecustomize.py`, which has Python look there last."""
_MADE = "/tmp/packages"  # noqa: S108 - in the image
_PIP = (
    *("python3", "-s", "-m", "pip", "--isolated", "--no-input", "--no-color"),
    *("--disable-pip-version-check", "--no-cache-dir", "install", "--only-binary", ":all:"),
    *("--no-compile", "--no-warn-script-location", "--progress-bar", "off"),
    *("--target", _PYTHON_PACKAGES, "--"),
)
_FROM_ADDRESSES = "these need addresses, and only what the index has is installed"
# As pip notes it (PEP 610); what is found is printed.
_NONE_DIRECT = (
    f"{{ ! find {_PYTHON_PACKAGES} -name direct_url.json | grep . || "
    f"{{ echo '{_FROM_ADDRESSES}' >&2; false; }}; }}"
)
_REGISTRY_ONLY = f"{_MADE}/registry-only.cjs"
_NPM = (
    *("env", f"NODE_OPTIONS=--require={_REGISTRY_ONLY}", "npm", "install"),
    *("--prefix", _MADE, "--ignore-scripts", "--no-audit", "--no-fund"),
    *("--no-save", "--no-package-lock", "--no-update-notifier", "--no-progress"),
    *("--loglevel", "error", "--cache", "/tmp/npm", "--"),  # noqa: S108 - in the image
)


@dataclass(frozen=True, slots=True)
class Installation:
    """How the packages of one language come into its image."""

    argv: tuple[str, ...]
    """The installer's command line, up to the names. Nothing of the packages is run by it."""
    before: tuple[str, ...] = ()
    afterwards: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of programs, so that they find the packages."""

    def commands(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the commands that install packages of these names."""
        return (*self.before, shell_words((*self.argv, *names)), *self.afterwards)


_FOR_NODE = Installation(
    argv=_NPM,
    before=(
        f"mkdir {_MADE}",
        written(_REGISTRY_ONLY, contents("npm")["registry-only.cjs"]),
    ),
    # Where require(), import and TypeScript's compiler look at last.
    afterwards=(f"mv {_MADE}/node_modules /node_modules",),
)
INSTALLATIONS: dict[str, Installation] = {
    "python": Installation(
        argv=_PIP,
        afterwards=(
            _NONE_DIRECT,
            # A snippet cannot keep what it compiles, and numpy takes seconds. What does not compile
            # may be meant for another version of Python.
            f"{{ python3 -m compileall -q -j 0 {_PYTHON_PACKAGES} || true; }}",
        ),
        environment={
            # One thread: numpy would start one for each core, against the limit of processes.
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
    ),
    "javascript": _FOR_NODE,
    "typescript": _FOR_NODE,
}
"""By the language's name, as in `_core/package_names.py`."""
