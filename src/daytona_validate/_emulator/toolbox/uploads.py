"""The files that come with a request."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from daytona_validate._emulator.refusals import HttpRefusal

_FIELD = re.compile(r"files\[(?P<number>\d+)\]\.(?P<what>path|file)")
_MOST_FILES = 10_000


@dataclass(slots=True)
class Upload:
    """One file of a request, and where it goes; perhaps without its other half yet."""

    path: str = ""
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Complete:
    """One file of a request, with its path and its content."""

    path: str
    content: bytes


async def one_upload(request: Request) -> bytes:
    """Return the content of a single file: the body itself, or its multipart field `file`.

    Raises:
        HttpRefusal: The request brings no file (400).
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    try:
        async with request.form(max_files=1) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise HttpRefusal(400, "no file in the field `file`")
            return await file.read()
    except MultiPartException as error:
        raise HttpRefusal(400, f"invalid multipart body: {error.message}") from None


async def many_uploads(request: Request) -> list[Complete]:
    """Return the files of a bulk upload, in the order of their numbers.

    Raises:
        HttpRefusal: A file lacks its path, or the body is no multipart body (400).
    """
    found: dict[int, Upload] = {}
    try:
        async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FILES) as form:
            for name, value in form.multi_items():
                field = _FIELD.fullmatch(name)
                if field is None:
                    continue
                upload = found.setdefault(int(field["number"]), Upload())
                if isinstance(value, UploadFile):
                    upload.content = await value.read()
                elif field["what"] == "path":
                    upload.path = value
    except MultiPartException as error:
        raise HttpRefusal(400, f"invalid multipart body: {error.message}") from None
    return [_complete(number, found[number]) for number in sorted(found)]


def _complete(number: int, upload: Upload) -> Complete:
    if not upload.path or upload.content is None:
        raise HttpRefusal(400, f"files[{number}] needs both its path and its file")
    return Complete(upload.path, upload.content)
