"""The emulator's own operations: faults on demand, and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from starlette.responses import JSONResponse, Response

from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.faults.fault_plan import FaultPlan, faults_from
from daytona_validate._emulator.operations import Operation
from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.dispatch import ApiCall, Handler
from daytona_validate._errors import ConfigurationError


class OwnApi:
    """HTTP handlers of the emulator's own operations, by which a test controls it."""

    def __init__(self, *, faults: FaultPlan, counts: Callable[[], Counts]) -> None:
        self._faults = faults
        self._counts = counts

    @property
    def handlers(self) -> dict[Operation, Handler]:
        """Who answers what."""
        return {
            Operation.SET_FAULTS: self._set,
            Operation.LIST_FAULTS: self._list,
            Operation.CLEAR_FAULTS: self._clear,
            Operation.COUNTS: self._show_counts,
        }

    async def _set(self, call: ApiCall) -> Response:
        try:
            faults = faults_from(call.body)
        except ConfigurationError as error:
            raise HttpRefusal(400, str(error)) from None
        self._faults.set(*faults)
        return JSONResponse({"faults": self._faults.listed()})

    async def _list(self, call: ApiCall) -> Response:  # noqa: ARG002 - every handler has it
        return JSONResponse({"faults": self._faults.listed()})

    async def _clear(self, call: ApiCall) -> Response:  # noqa: ARG002
        self._faults.clear()
        return Response(status_code=204)

    async def _show_counts(self, call: ApiCall) -> Response:  # noqa: ARG002
        return JSONResponse(asdict(self._counts()))
