"""The certificate bundle that the caller's environment names, for an installer in a jail.

A bundle is public, and without it no index behind a company's proxy can be reached. It is the
only thing of the caller's environment that enters a jail, and of it only the certificates: a
PEM file may hold a private key as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_CERTIFICATE = re.compile(
    rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\w+/=\s]+-----END (?:TRUSTED )?CERTIFICATE-----"
)
_LARGEST_BYTES = 8 * 1024 * 1024


def named_certificates(environment: Mapping[str, str], names: Sequence[str]) -> bytes | None:
    """Return the certificates of the first variable that names a readable bundle, or None."""
    for path in (environment.get(name) for name in names):
        found = _certificates(Path(path)) if path else b""
        if found:
            return found
    return None


def _certificates(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
            return b""
        return b"".join(block + b"\n" for block in _CERTIFICATE.findall(path.read_bytes()))
    except OSError:
        return b""
