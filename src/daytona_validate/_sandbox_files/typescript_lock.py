"""What TypeScript's lock file pins: the compiler, esbuild and Node's types."""

from __future__ import annotations

import json
from typing import Any

from daytona_validate._sandbox_files import sandbox_files

_FILES = sandbox_files("typescript")
_LOCK = "package-lock.json"


def _packages() -> dict[str, dict[str, Any]]:
    """Return what is locked: path in the folder of the installation to a package."""
    lock = json.loads((_FILES / _LOCK).read_text(encoding="utf-8"))
    return dict(lock["packages"])


def pinned_versions(processor: str) -> dict[str, str]:
    """Return the versions that the lock file has: of the compiler, of esbuild and of the types."""
    locked = _packages()
    paths = {
        "typescript": f"node_modules/@typescript/typescript-linux-{processor}",
        "esbuild": f"node_modules/@esbuild/linux-{processor}",
        "types": "node_modules/@types/node",
    }
    return {name: str(locked[path]["version"]) for name, path in paths.items()}


def lock_files(processor: str) -> dict[str, bytes]:
    """Return the lock file for one kind of machine, and the description that npm wants beside it.

    In the file that is shipped the programs are optional, as each is for one kind of machine
    only. npm says nothing when an optional package cannot be had, so that here they no longer are.
    """
    kept = {
        path: {name: value for name, value in package.items() if name != "optional"}
        for path, package in _packages().items()
        if path and processor in package.get("cpu", [processor])
    }
    root = {
        "dependencies": {
            path.removeprefix("node_modules/"): package["version"] for path, package in kept.items()
        }
    }
    lock = {"lockfileVersion": 3, "requires": True, "packages": {"": root, **kept}}
    return {_LOCK: json.dumps(lock).encode(), "package.json": json.dumps(root).encode()}
