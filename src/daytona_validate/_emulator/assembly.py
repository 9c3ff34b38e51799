"""The parts of an emulator, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

from daytona_validate._emulator.background_tasks import Crew
from daytona_validate._emulator.condition import Changes
from daytona_validate._emulator.control_plane.api import ControlPlane
from daytona_validate._emulator.control_plane.builds import Builds
from daytona_validate._emulator.control_plane.fleet import Fleet
from daytona_validate._emulator.control_plane.response_bodies import VERSION
from daytona_validate._emulator.counts import Counts, Tally
from daytona_validate._emulator.faults.fault_plan import Faults
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.machine_interface import MachinesLike
from daytona_validate._emulator.toolbox.admissions import Admissions
from daytona_validate._emulator.toolbox.command_runs import Commands
from daytona_validate._emulator.toolbox.toolbox import Toolbox
from daytona_validate._emulator.web.app import application
from daytona_validate._emulator.web.connections import Connections
from daytona_validate._emulator.web.dispatch import Access, Exchange
from daytona_validate._emulator.web.official_models import OfficialModels
from daytona_validate._emulator.web.own_api import OwnApi


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How an emulator behaves."""

    access: Access
    minute_s: float
    max_sandboxes: int | None
    models: OfficialModels | None
    clock: Callable[[], float]


class Assembly:
    """One emulator without its socket.

    Args:
        ways: How it behaves.
        machines: Makes its machines.
        crew: Does what goes on after an answer.
    """

    def __init__(self, ways: Ways, machines: MachinesLike, crew: Crew) -> None:
        self._ways = ways
        self._tally = Tally()
        self._changes = Changes()
        self._faults = Faults()
        self.connections = Connections(self._changes)
        self.builds = Builds(machines, crew, clock=ways.clock, minute_s=ways.minute_s)
        self.fleet = Fleet(
            machines=machines,
            builds=self.builds,
            crew=crew,
            clock=ways.clock,
            minute_s=ways.minute_s,
            max_sandboxes=ways.max_sandboxes,
            tally=self._tally,
            changes=self._changes,
        )
        self._exchange = Exchange(
            access=ways.access,
            faults=self._faults,
            tally=self._tally,
            connections=self.connections,
            models=ways.models,
            clock=ways.clock,
            version=VERSION,
        )
        self.app = self._application(crew)

    def running(self, origin: str) -> Emulator:
        """Return what a test holds, once it is known where the emulator listens."""
        return Emulator(
            origin=origin,
            api_key=self._ways.access.key,
            faults=self._faults,
            violations=self._exchange.violations,
            count=self._count,
            changes=self._changes,
        )

    def _application(self, crew: Crew) -> ASGIApp:
        ways = self._ways
        plane = ControlPlane(
            fleet=self.fleet, builds=self.builds, access=ways.access, clock=ways.clock
        )
        commands = Commands(crew=crew, tally=self._tally, changes=self._changes)
        admissions = Admissions(
            lambda sandbox_id: self.fleet.rows.by_id(sandbox_id) is not None,
            clock=ways.clock,
            minute_s=ways.minute_s,
        )
        toolbox = Toolbox(fleet=self.fleet, admissions=admissions, commands=commands)
        own = OwnApi(faults=self._faults, counts=self._count)
        return application(self._exchange, {**plane.handlers, **toolbox.handlers, **own.handlers})

    def _count(self) -> Counts:
        tally = self._tally
        return Counts(
            created=tally.created,
            deleted=tally.deleted,
            expired=tally.expired,
            alive=len(self.fleet.rows),
            machines=tally.machines,
            executes=tally.executes,
            executing=tally.executing,
            open_connections=len(self.connections),
            violations=len(self._exchange.violations),
            requests=dict(tally.requests),
            faults=dict(self._faults.met),
        )
