"""The answer of `files/bulk-download`: one part for each path, the file or why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part of a multipart body: a file, or an error."""

    path: str
    content: bytes
    is_error: bool = False


def error_part(path: str, *, status: int, message: str, code: str, source: str) -> FormPart:
    """Return the part that says why a file cannot be had."""
    details = {"message": message, "statusCode": status, "code": code, "source": source}
    return FormPart(path, json.dumps(details).encode(), is_error=True)


def multipart(parts: Iterable[FormPart], *, boundary: str) -> bytes:
    """Return the parts in one body.

    Args:
        parts: In the order of the request.
        boundary: A text that is in none of them.
    """
    whole = b"".join(
        f"--{boundary}\r\n{_head(part)}\r\n\r\n".encode() + part.content + b"\r\n" for part in parts
    )
    return whole + f"--{boundary}--\r\n".encode()


def _head(part: FormPart) -> str:
    name = "error" if part.is_error else "file"
    kind = "application/json" if part.is_error else "application/octet-stream"
    # A path is matched with the request's byte for byte: quoted, and once more without loss.
    plain = part.path.replace("\\", "\\\\").replace('"', '\\"')
    plain = "".join(char if char.isprintable() else "_" for char in plain)
    lossless = quote(part.path, safe="")
    return (
        f'Content-Disposition: form-data; name="{name}"; filename="{plain}"'
        f"; filename*=UTF-8''{lossless}\r\n"
        f"Content-Type: {kind}\r\n"
        f"Content-Length: {len(part.content)}"
    )
