"""The toolbox of every sandbox: commands and files, over HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from starlette.responses import JSONResponse, Response

from daytona_validate._emulator.control_plane.fleet import Fleet, Held
from daytona_validate._emulator.control_plane.response_bodies import VERSION
from daytona_validate._emulator.operations import Operation
from daytona_validate._emulator.refusals import DAEMON, HttpRefusal, file_refusal
from daytona_validate._emulator.toolbox.admissions import Admissions
from daytona_validate._emulator.toolbox.command_runs import CommandRuns
from daytona_validate._emulator.toolbox.multipart_answer import FormPart, error_part, multipart
from daytona_validate._emulator.toolbox.process_requests import (
    HOME,
    Execute,
    absolute,
    code_command,
    code_run,
    execute,
    text,
    without_charts,
)
from daytona_validate._emulator.toolbox.uploads import many_uploads, one_upload
from daytona_validate._emulator.web.dispatch import ApiCall, Handler
from daytona_validate._emulator.web.json_fields import TEXT_LIST, checked
from daytona_validate._errors import SandboxLost, SandboxUnavailable


class Toolbox:
    """HTTP handlers of the toolbox: what is emulated of the daemon in a sandbox."""

    def __init__(self, *, fleet: Fleet, admissions: Admissions, commands: CommandRuns) -> None:
        self._fleet = fleet
        self._admissions = admissions
        self._commands = commands

    @property
    def handlers(self) -> dict[Operation, Handler]:
        """Who answers what."""
        return {
            Operation.EXECUTE: self._execute,
            Operation.CODE_RUN: self._code_run,
            Operation.UPLOAD: self._upload,
            Operation.UPLOAD_RAW: self._upload,
            Operation.BULK_UPLOAD: self._bulk_upload,
            Operation.DOWNLOAD: self._download,
            Operation.BULK_DOWNLOAD: self._bulk_download,
            Operation.WORK_DIR: self._home,
            Operation.HOME_DIR: self._home,
            Operation.VERSION: self._version,
        }

    async def _execute(self, call: ApiCall) -> Response:
        with self._held(call) as held:
            exit_code, output = await self._run(call, held, execute(call.body))
        return JSONResponse({"exitCode": exit_code, "result": output})

    async def _code_run(self, call: ApiCall) -> Response:
        with self._held(call) as held:
            program = code_run(call.body)
            folder = f"/tmp/.code-{secrets.token_hex(8)}"  # noqa: S108 - in the sandbox
            try:
                await held.machine.write(f"{folder}/{program.file_name}", program.code.encode())
            except OSError as error:
                raise file_refusal(error, folder) from None
            command = code_command(program, folder=folder)
            exit_code, output = await self._run(call, held, command)
        result = without_charts(output)
        return JSONResponse({"exitCode": exit_code, "result": result, "artifacts": {"charts": []}})

    async def _run(self, call: ApiCall, held: Held, command: Execute) -> tuple[int, str]:
        ran = await self._commands.run(call.request, held, command)
        if ran.is_timed_out:  # what it has printed is lost, as there
            raise HttpRefusal(408, "request timeout: command execution timeout")
        return ran.exit_code, text(ran.output)

    async def _upload(self, call: ApiCall) -> Response:
        with self._held(call) as held:
            path = _path(call)
            content = await one_upload(call.request)
            await _write(held, path, content)
        name = path.rpartition("/")[2]
        return JSONResponse({"name": name, "path": path, "type": "file"})

    async def _bulk_upload(self, call: ApiCall) -> Response:
        files, errors = [], []
        with self._held(call) as held:
            uploads = await many_uploads(call.request)
            for upload in uploads:
                try:
                    await _write(held, absolute(upload.path), upload.content)
                except HttpRefusal as refusal:
                    errors.append(f"{upload.path}: {refusal.message}")
                else:
                    files.append({"path": upload.path, "bytes": len(upload.content)})
        if errors:
            return JSONResponse({"errors": errors, "files": files}, status_code=400)
        return JSONResponse({"files": files})

    async def _download(self, call: ApiCall) -> Response:
        with self._held(call) as held:
            path = _path(call)
            content = await _read(held, path)
        name = quote(path.rpartition("/")[2])
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    async def _bulk_download(self, call: ApiCall) -> Response:
        with self._held(call) as held:
            paths = checked(call.body, {"paths": TEXT_LIST})["paths"]
            if not paths:
                raise HttpRefusal(400, "request body must be {paths: [ ... ]} and non-empty")
            parts = [await _part(held, path) for path in paths]
        boundary = secrets.token_hex(24)
        kind = f"multipart/form-data; boundary={boundary}"
        return Response(multipart(parts, boundary=boundary), media_type=kind)

    async def _home(self, call: ApiCall) -> Response:
        with self._held(call):
            return JSONResponse({"dir": HOME})

    async def _version(self, call: ApiCall) -> Response:
        with self._held(call):
            return JSONResponse({"version": VERSION})

    @contextmanager
    def _held(self, call: ApiCall) -> Iterator[Held]:
        """Hold the sandbox of a request, and answer for it if it is lost meanwhile."""
        sandbox_id = str(call.request.path_params["sandbox"])
        self._admissions.check(sandbox_id)
        try:
            with self._fleet.used(sandbox_id) as held:
                yield held
        except SandboxLost as error:
            raise HttpRefusal(502, str(error), is_empty=True) from None
        except SandboxUnavailable as error:
            raise HttpRefusal(500, str(error)) from None


def _path(call: ApiCall) -> str:
    path = call.request.query_params.get("path")
    if not path:
        raise HttpRefusal(400, "path is required")
    return absolute(path)


async def _write(held: Held, path: str, content: bytes) -> None:
    try:
        await held.machine.write(path, content)
    except OSError as error:
        raise file_refusal(error, path) from None


async def _read(held: Held, path: str) -> bytes:
    try:
        return await held.machine.read(path)
    except OSError as error:
        raise file_refusal(error, path) from None


async def _part(held: Held, path: str) -> FormPart:
    try:
        return FormPart(path, await _read(held, absolute(path)))
    except HttpRefusal as refusal:
        return error_part(
            path, status=refusal.status, message=refusal.message, code=refusal.code, source=DAEMON
        )
