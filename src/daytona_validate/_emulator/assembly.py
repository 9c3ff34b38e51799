"""The parts of an emulator, put together: nothing else makes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp

from daytona_validate._emulator.background_tasks import BackgroundTasks
from daytona_validate._emulator.condition import Condition
from daytona_validate._emulator.control_plane.api import ControlPlane
from daytona_validate._emulator.control_plane.builds import Builds
from daytona_validate._emulator.control_plane.fleet import Fleet
from daytona_validate._emulator.control_plane.response_bodies import VERSION
from daytona_validate._emulator.counts import Counters, Counts
from daytona_validate._emulator.faults.fault_plan import FaultPlan
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.machine_interface import MachinesLike
from daytona_validate._emulator.toolbox.admissions import Admissions
from daytona_validate._emulator.toolbox.command_runs import CommandRuns
from daytona_validate._emulator.toolbox.toolbox import Toolbox
from daytona_validate._emulator.web.app import application
from daytona_validate._emulator.web.connections import Connections
from daytona_validate._emulator.web.dispatch import Access, Dispatcher
from daytona_validate._emulator.web.official_models import OfficialModels
from daytona_validate._emulator.web.own_api import OwnApi


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorConfig:
    """Configuration: how an emulator behaves."""

    access: Access
    minute_s: float
    max_sandboxes: int | None
    models: OfficialModels | None
    clock: Callable[[], float]


class Assembly:
    """Composition root: one emulator without its socket.

    Args:
        config: How the emulator behaves.
        machines: Makes the emulated machines.
        tasks: Run what goes on after an answer.
    """

    def __init__(
        self, config: EmulatorConfig, machines: MachinesLike, tasks: BackgroundTasks
    ) -> None:
        self._config = config
        self._counters = Counters()
        self._condition = Condition()
        self._faults = FaultPlan()
        self.connections = Connections(self._condition)
        self.builds = Builds(machines, tasks, clock=config.clock, minute_s=config.minute_s)
        self.fleet = Fleet(
            machines=machines,
            builds=self.builds,
            tasks=tasks,
            clock=config.clock,
            minute_s=config.minute_s,
            max_sandboxes=config.max_sandboxes,
            counters=self._counters,
            condition=self._condition,
        )
        self._dispatcher = Dispatcher(
            access=config.access,
            faults=self._faults,
            counters=self._counters,
            connections=self.connections,
            models=config.models,
            clock=config.clock,
            version=VERSION,
        )
        self.app = self._application(tasks)

    def running(self, origin: str) -> Emulator:
        """Return what a test holds, once it is known where the emulator listens."""
        return Emulator(
            origin=origin,
            api_key=self._config.access.key,
            faults=self._faults,
            violations=self._dispatcher.violations,
            count=self._count,
            condition=self._condition,
        )

    def _application(self, tasks: BackgroundTasks) -> ASGIApp:
        config = self._config
        plane = ControlPlane(
            fleet=self.fleet, builds=self.builds, access=config.access, clock=config.clock
        )
        commands = CommandRuns(tasks=tasks, counters=self._counters, condition=self._condition)
        admissions = Admissions(
            lambda sandbox_id: self.fleet.rows.by_id(sandbox_id) is not None,
            clock=config.clock,
            minute_s=config.minute_s,
        )
        toolbox = Toolbox(fleet=self.fleet, admissions=admissions, commands=commands)
        own = OwnApi(faults=self._faults, counts=self._count)
        return application(self._dispatcher, {**plane.handlers, **toolbox.handlers, **own.handlers})

    def _count(self) -> Counts:
        counters = self._counters
        return Counts(
            created=counters.created,
            deleted=counters.deleted,
            expired=counters.expired,
            alive=len(self.fleet.rows),
            machines=counters.machines,
            executes=counters.executes,
            executing=counters.executing,
            open_connections=len(self.connections),
            violations=len(self._dispatcher.violations),
            requests=dict(counters.requests),
            faults=dict(self._faults.met),
        )
