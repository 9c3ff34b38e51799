"""One request and its answer: the key, the faults on demand, the checks and the counts."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from daytona_validate._emulator.counts import Counters
from daytona_validate._emulator.faults.fault_kinds import FaultKind
from daytona_validate._emulator.faults.fault_plan import FaultPlan, InjectedFault
from daytona_validate._emulator.faults.fault_responses import PAGE, changed, denial
from daytona_validate._emulator.operations import ROUTES, Operation
from daytona_validate._emulator.refusals import (
    CLIENT_GONE,
    DAEMON,
    Area,
    HttpRefusal,
    error_body,
    not_admitted,
)
from daytona_validate._emulator.web.connections import Connections
from daytona_validate._emulator.web.official_models import OfficialModels
from daytona_validate._emulator.web.request_body import bounded, json_body

_logger = logging.getLogger("daytona_validate")

VERSION_HEADER = "X-Daytona-Api-Version"
FAILED_TO_START = "timeout waiting for daemon to start"

WITH_JSON = frozenset(
    {
        Operation.CREATE,
        Operation.CREATE_SNAPSHOT,
        Operation.EXECUTE,
        Operation.CODE_RUN,
        Operation.BULK_DOWNLOAD,
        Operation.SET_FAULTS,
    }
)
"""Operations whose requests have a JSON body."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request, as its handler gets it."""

    request: Request
    body: object
    """The JSON value; None where there is none."""
    origin: str
    """Under which address the client knows this server."""
    fails_with: str | None = None
    """A fault on demand: why a new sandbox does not start."""


Handler = Callable[[ApiCall], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Access:
    """Authorization: the one key that is valid, and its permissions."""

    key: str = field(repr=False)
    permissions: frozenset[str]


class Dispatcher:
    """Request dispatcher: takes each request through key, faults and checks to its handler.

    Args:
        access: The key.
        faults: The faults that are set.
        counters: What is counted.
        connections: Those that a fault may cut.
        models: What bodies are compared with; None: with nothing.
        clock: Seconds since the epoch.
        version: Value of the header X-Daytona-Api-Version.
    """

    def __init__(
        self,
        *,
        access: Access,
        faults: FaultPlan,
        counters: Counters,
        connections: Connections,
        models: OfficialModels | None,
        clock: Callable[[], float],
        version: str,
    ) -> None:
        self._access = access
        self._faults = faults
        self._counters = counters
        self._connections = connections
        self._models = models
        self._clock = clock
        self._version = version
        self.violations: list[str] = []

    async def answer(self, operation: Operation, request: Request, handler: Handler) -> Response:
        """Return the answer to a request."""
        self._counters.requests[operation] += 1
        request = bounded(request)
        area = ROUTES[operation].area
        try:
            self._admit(operation, request)
            met = [] if area == "emulator" else self._faults.meeting(operation)
            response = await self._with_faults(operation, request, handler, met)
        except HttpRefusal as refusal:
            response = self.refused(refusal, area, request)
            self._check_error(operation, response)
        except ClientDisconnect:
            return Response(status_code=CLIENT_GONE)
        except Exception as error:  # the edge of one request
            _logger.exception("The emulator failed on %s.", operation)
            response = self.refused(
                HttpRefusal(500, f"The emulator failed: {error!r}"), area, request
            )
        if area == "api":
            response.headers[VERSION_HEADER] = f"v{self._version}"
        return response

    def refused(self, refusal: HttpRefusal, area: Area, request: Request) -> Response:
        """Return the answer that a refusal comes to."""
        if refusal.is_empty:
            return Response(status_code=refusal.status, headers=refusal.headers)
        path = request.url.path
        if refusal.source == DAEMON:  # which does not know what the proxy took off
            path = path.removeprefix(f"/toolbox/{request.path_params.get('sandbox')}")
        body = error_body(refusal, area, path=path, method=request.method, now_s=self._clock())
        return JSONResponse(body, refusal.status, headers=refusal.headers)

    def _admit(self, operation: Operation, request: Request) -> None:
        route = ROUTES[operation]
        if route.is_public:
            return
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        is_key = hmac.compare_digest(key.strip().encode(), self._access.key.encode())
        if scheme.lower() != "bearer" or not is_key:
            if route.area == "toolbox":
                raise not_admitted()
            raise HttpRefusal(401, "Invalid credentials")
        if route.permission is not None and route.permission not in self._access.permissions:
            raise HttpRefusal(403, f"Access denied: the key lacks {route.permission}")

    async def _with_faults(
        self, operation: Operation, request: Request, handler: Handler, met: list[InjectedFault]
    ) -> Response:
        fault = next((each for each in met if each.kind != FaultKind.LATENCY), None)
        for each in met:
            if not each.is_after:
                await asyncio.sleep(each.delay_s)
        if fault is not None and not fault.is_after:
            early = await self._instead(fault, operation, request)
            if early is not None:
                return early
        response = await self._worked(operation, request, handler, fault)
        for each in met:
            if each.is_after:
                await asyncio.sleep(each.delay_s)
        if fault is None:
            return response
        return await self._spoiled(fault, operation, request, response)

    async def _instead(
        self, fault: InjectedFault, operation: Operation, request: Request
    ) -> Response | None:
        """Return what is answered without any work, or None."""
        if fault.kind == FaultKind.DROPPED_BEFORE:
            return await self._cut(request)
        if fault.kind == FaultKind.HTML:
            return HTMLResponse(PAGE)
        refusal = denial(fault, operation)
        return None if refusal is None else self.refused(refusal, ROUTES[operation].area, request)

    async def _worked(
        self, operation: Operation, request: Request, handler: Handler, fault: InjectedFault | None
    ) -> Response:
        origin = f"{request.url.scheme}://{request.url.netloc}"
        call = ApiCall(request, await self._body(operation, request), origin)
        if fault is not None and fault.kind == FaultKind.FAILS_TO_START:
            call = replace(call, fails_with=FAILED_TO_START)
        if fault is not None and fault.kind == FaultKind.DUPLICATED:
            # As a proxy does that lost the first connection: it does not wait for the first.
            _, second = await asyncio.gather(handler(call), handler(call))
            response = second
        else:
            response = await handler(call)
        self._check_answer(operation, response)
        return response

    async def _spoiled(
        self, fault: InjectedFault, operation: Operation, request: Request, response: Response
    ) -> Response:
        if fault.kind == FaultKind.DROPPED_AFTER:
            return await self._cut(request)
        if fault.kind == FaultKind.DROPPED_DURING:
            return _Half(response, lambda: self._cut(request))
        if fault.is_after:
            late = await self._instead(fault, operation, request)
            if late is not None:
                return late
        body = _whole(response)
        spoiled = changed(fault, body)
        if spoiled == body:
            return response
        kind = response.headers.get("content-type")
        return Response(spoiled, response.status_code, media_type=kind)

    async def _body(self, operation: Operation, request: Request) -> object:
        if operation not in WITH_JSON:
            return None
        body = await json_body(request)
        why = None if self._models is None else self._models.request_fault(operation, body)
        if why is not None:
            self.violations.append(f"request {operation}: {why}")
            raise HttpRefusal(400, f"strict emulator: {why}")
        return body

    def _check_answer(self, operation: Operation, response: Response) -> None:
        is_json = response.headers.get("content-type", "").startswith("application/json")
        if self._models is None or not is_json:
            return
        why = self._models.answer_fault(operation, json.loads(bytes(response.body)))
        if why is not None:
            self.violations.append(f"answer {operation}: {why}")
            raise HttpRefusal(500, f"strict emulator: {why}")

    def _check_error(self, operation: Operation, response: Response) -> None:
        if self._models is not None and response.body:
            why = self._models.error_fault(operation, json.loads(bytes(response.body)))
            self.violations.extend([] if why is None else [f"error of {operation}: {why}"])

    async def _cut(self, request: Request) -> Response:
        if request.client is not None:
            await self._connections.cut((request.client.host, request.client.port))
        return Response()  # nobody gets it any more


class _Half(Response):
    """The head and the first half of another answer; then the connection is cut."""

    def __init__(self, whole: Response, cut: Callable[[], Awaitable[object]]) -> None:
        body = _whole(whole)
        promised = {"content-length": str(len(body) or 1)}  # so that an empty half is one, too
        super().__init__(body, whole.status_code, {**whole.headers, **promised})
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await self._cut()


def _whole(response: Response) -> bytes:
    """Return the body of an answer; a stream has none yet that could be spoiled."""
    return bytes(getattr(response, "body", b""))
