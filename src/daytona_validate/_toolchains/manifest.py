"""What a prepared folder says about itself; later runs trust it only if all of it agrees."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

SCHEMA_VERSION = 2
FILE_NAME = "manifest.json"
MADE_FOR = "toolchain"
"""In the key of a library, or of packages: the identity of the toolchain that they are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The description of a prepared folder, written after everything else in it."""

    name: str
    version: str
    source: str
    """Where it was copied or installed from, for people."""
    key: Mapping[str, str | int]
    """What it was made from; another key makes another folder."""
    binds: tuple[str, ...]
    """Absolute paths in the jail; each stands under `root` at the same path."""
    links: tuple[tuple[str, str], ...] = ()
    overlays: tuple[str, ...] = ()
    """As `binds`, but seen writable."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    size_bytes: int = 0
    """Of all files under `root`, as they were when the folder took its place."""
    witnesses: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """Absolute path in the jail of single files to their size in bytes and mtime in ns."""


def identity(name: str, key: Mapping[str, str | int]) -> str:
    """Return the folder's name: equal keys, whatever their order, have one folder."""
    text = json.dumps(key, sort_keys=True)
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as JSON, for people to read as well."""
    return json.dumps({"schema_version": SCHEMA_VERSION} | asdict(manifest), indent=1)


def parsed_manifest(text: str) -> Manifest | None:
    """Return the manifest of a text, or None if it is not one of this version."""
    try:
        values = json.loads(text)
        if values.pop("schema_version") != SCHEMA_VERSION:
            return None
        values["binds"] = tuple(values["binds"])
        values["overlays"] = tuple(values["overlays"])
        values["links"] = tuple((points_to, path) for points_to, path in values["links"])
        values["witnesses"] = {
            path: (size_bytes, mtime_ns)
            for path, (size_bytes, mtime_ns) in values["witnesses"].items()
        }
        return Manifest(**values)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
