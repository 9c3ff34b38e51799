"""The control plane: what each of its operations does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from starlette.responses import JSONResponse, Response, StreamingResponse

from daytona_validate._emulator.control_plane.builds import Builds
from daytona_validate._emulator.control_plane.fleet import Fleet
from daytona_validate._emulator.control_plane.list_query import natural, page, query
from daytona_validate._emulator.control_plane.response_bodies import (
    Body,
    build_ref,
    configuration_body,
    key_body,
    page_body,
    sandbox_body,
    snapshot_body,
    snapshots_body,
)
from daytona_validate._emulator.control_plane.sandbox_states import FAILED, SandboxRow
from daytona_validate._emulator.operations import Operation
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.dispatch import Access, ApiCall, Handler

START_WAIT_S = 30.0
"""How long the platform holds back the answer to a create, until the sandbox has started."""


class ControlPlane:
    """HTTP handlers of the control plane: sandboxes and snapshots."""

    def __init__(
        self, *, fleet: Fleet, builds: Builds, access: Access, clock: Callable[[], float]
    ) -> None:
        self._fleet = fleet
        self._builds = builds
        self._access = access
        self._clock = clock
        self._since_s = clock()

    @property
    def handlers(self) -> dict[Operation, Handler]:
        """Who answers what."""
        return {
            Operation.CREATE: self._create,
            Operation.LIST: self._list,
            Operation.GET: self._get,
            Operation.DELETE: self._delete,
            Operation.START: self._start,
            Operation.STOP: self._stop,
            Operation.TOOLBOX_URL: self._toolbox_url,
            Operation.SANDBOX_LOGS_URL: self._sandbox_logs_url,
            Operation.SANDBOX_LOGS: self._sandbox_logs,
            Operation.CREATE_SNAPSHOT: self._create_snapshot,
            Operation.LIST_SNAPSHOTS: self._list_snapshots,
            Operation.GET_SNAPSHOT: self._get_snapshot,
            Operation.DELETE_SNAPSHOT: self._delete_snapshot,
            Operation.ACTIVATE_SNAPSHOT: self._activate,
            Operation.DEACTIVATE_SNAPSHOT: self._deactivate,
            Operation.SNAPSHOT_LOGS_URL: self._snapshot_logs_url,
            Operation.SNAPSHOT_LOGS: self._snapshot_logs,
            Operation.CONFIG: self._config,
            Operation.KEY: self._key,
        }

    async def _create(self, call: ApiCall) -> Response:
        sandbox = self._fleet.create(call.body, fails_with=call.fails_with)
        if sandbox.dockerfile is not None:  # a build is not waited for
            return _json(self._body(call, sandbox))
        settled = await self._fleet.rows.settled(sandbox.id, longest_s=START_WAIT_S)
        if settled is not None and settled.state in FAILED:
            raise HttpRefusal(400, f"Sandbox failed to start: {settled.error_reason}")
        # The row as it was at first: it has started by now, and `creating` is what is told.
        return _json(self._body(call, sandbox))

    async def _list(self, call: ApiCall) -> Response:
        shown, cursor = page(self._fleet.rows.all(), query(call.request.query_params.multi_items()))
        return _json(page_body(shown, cursor, toolbox_url=_toolbox(call)))

    async def _get(self, call: ApiCall) -> Response:
        return _json(self._body(call, self._fleet.rows.found(_sandbox(call))))

    async def _delete(self, call: ApiCall) -> Response:
        return _json(self._body(call, self._fleet.delete(_sandbox(call))))

    async def _start(self, call: ApiCall) -> Response:
        return _json(self._body(call, self._fleet.start(_sandbox(call))))

    async def _stop(self, call: ApiCall) -> Response:
        return _json(self._body(call, self._fleet.stop(_sandbox(call))))

    async def _toolbox_url(self, call: ApiCall) -> Response:
        self._fleet.rows.found(_sandbox(call))
        return _json({"url": _toolbox(call)})

    async def _sandbox_logs_url(self, call: ApiCall) -> Response:
        self._fleet.rows.found(_sandbox(call))
        return _logs_url(call)

    async def _snapshot_logs_url(self, call: ApiCall) -> Response:
        self._builds.get(_snapshot(call))
        return _logs_url(call)

    async def _sandbox_logs(self, call: ApiCall) -> Response:
        dockerfile = self._fleet.rows.found(_sandbox(call)).dockerfile
        if dockerfile is None:
            raise HttpRefusal(404, "The sandbox was not built")
        return self._logs(call, build_ref(dockerfile))

    async def _snapshot_logs(self, call: ApiCall) -> Response:
        return self._logs(call, self._builds.get(_snapshot(call)).id)

    def _logs(self, call: ApiCall, key: str) -> Response:
        is_followed = call.request.query_params.get("follow") == "true"
        lines: AsyncIterator[str] = self._builds.log(key).read(is_followed=is_followed)
        return StreamingResponse(lines, media_type="text/plain")

    async def _create_snapshot(self, call: ApiCall) -> Response:
        return _json(snapshot_body(self._builds.create(call.body)))

    async def _list_snapshots(self, call: ApiCall) -> Response:
        params = call.request.query_params
        shown = self._builds.listed(name=params.get("name", ""))
        number = _natural("page", params.get("page", "1"))
        limit = _natural("limit", params.get("limit", "100"))
        return _json(snapshots_body(shown, page=number, limit=limit))

    async def _get_snapshot(self, call: ApiCall) -> Response:
        return _json(snapshot_body(self._builds.get(_snapshot(call))))

    async def _delete_snapshot(self, call: ApiCall) -> Response:
        self._builds.delete(_snapshot(call))
        return Response(status_code=200)

    async def _activate(self, call: ApiCall) -> Response:
        return _json(snapshot_body(self._builds.activate(_snapshot(call))))

    async def _deactivate(self, call: ApiCall) -> Response:
        self._builds.deactivate(_snapshot(call))
        return Response(status_code=204)

    async def _config(self, call: ApiCall) -> Response:
        return _json(configuration_body(origin=call.origin))

    async def _key(self, call: ApiCall) -> Response:  # noqa: ARG002 - every handler has it
        permissions = sorted(self._access.permissions)
        return _json(
            key_body(self._access.key, permissions, now_s=self._clock(), since_s=self._since_s)
        )

    def _body(self, call: ApiCall, sandbox: SandboxRow) -> Body:
        return sandbox_body(sandbox, toolbox_url=_toolbox(call))


def _json(body: object) -> Response:
    return JSONResponse(body)


def _logs_url(call: ApiCall) -> Response:
    return _json({"url": f"{call.origin}{call.request.url.path.removesuffix('-url')}"})


def _sandbox(call: ApiCall) -> str:
    return str(call.request.path_params["sandbox"])


def _snapshot(call: ApiCall) -> str:
    return str(call.request.path_params["snapshot"])


def _toolbox(call: ApiCall) -> str:
    return f"{call.origin}/toolbox"


def _natural(name: str, text: str) -> int:
    number = natural(text)
    if number < 1:
        raise HttpRefusal(400, f"{name} must not be less than 1")
    return number
