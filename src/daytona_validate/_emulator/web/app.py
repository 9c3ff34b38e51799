"""The ASGI application: which path leads to which operation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from daytona_validate._emulator.faults.fault_responses import PAGE
from daytona_validate._emulator.operations import AREAS, ROUTES, Operation
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.dispatch import Dispatcher, Handler


def application(dispatcher: Dispatcher, handlers: Mapping[Operation, Handler]) -> Starlette:
    """Return the application.

    Args:
        dispatcher: Takes every request to its handler.
        handlers: Who does the work, for every operation.
    """
    routes = [
        Route(
            AREAS[route.area] + route.path,
            _endpoint(dispatcher, operation, handlers[operation]),
            methods=[route.method],
        )
        for operation, route in ROUTES.items()
    ]

    async def nowhere(request: Request, _error: Exception) -> Response:
        """Answer for a path or a method that leads to no operation."""
        path = request.url.path
        area = next((each for each in AREAS if path.startswith(f"/{each}/")), None)
        if area is None:
            # Behind any other address is the dashboard, which answers every path with its page.
            return HTMLResponse(PAGE)
        return dispatcher.refused(
            HttpRefusal(404, f"Cannot {request.method} {path}"), area, request
        )

    app = Starlette(routes=routes, exception_handlers={404: nowhere, 405: nowhere})
    app.router.redirect_slashes = False  # to wherever the Host header says
    return app


def _endpoint(
    dispatcher: Dispatcher, operation: Operation, handler: Handler
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await dispatcher.answer(operation, request, handler)

    return endpoint
