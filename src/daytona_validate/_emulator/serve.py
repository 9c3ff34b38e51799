"""Start an emulator in this event loop, and end it without leaving anything behind."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from daytona_validate._core.service_url import is_loopback
from daytona_validate._emulator.assembly import Assembly, EmulatorConfig
from daytona_validate._emulator.background_tasks import background_tasks
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.machine_interface import MachinesLike
from daytona_validate._emulator.operations import PERMISSIONS
from daytona_validate._emulator.web.connections import Connections, listen
from daytona_validate._emulator.web.dispatch import Access
from daytona_validate._emulator.web.official_models import OfficialModels
from daytona_validate._errors import ConfigurationError
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.tasks import ended

CLOSING_S = 600.0
"""For removing all emulated machines, on a slow disk."""
ENDING_S = 10.0
"""For the requests that are under way, once their connections are cut."""


@asynccontextmanager
async def emulator(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    api_key: str | None = None,
    permissions: Iterable[str] = PERMISSIONS,
    cache_dir: Path | None = None,
    on_notice: Callable[[str], None] | None = None,
    minute_s: float = 60.0,
    max_sandboxes: int | None = None,
    is_strict: bool = False,
    machines: MachinesLike | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Emulator]:
    """Hold a running emulator; leaving it ends all that runs in it.

    Args:
        host: Where to listen. Whoever reaches it, and has the key, runs code on this host.
        port: 0 is any free one.
        api_key: The key that clients must have; None makes one up, on a loopback address only.
        permissions: What the key may do.
        cache_dir: Where toolchains and emulated machines are; None is the local provider's own.
        on_notice: Told in a line of text what takes time; None: nobody is told.
        minute_s: How long a minute of auto-stop, auto-delete and TTL takes.
        max_sandboxes: The organization's quota; None: there is none.
        is_strict: Compare every body with the official models, and refuse what does not fit.
        machines: Makes the emulated machines, opened and closed by the caller; None: jails.
        clock: Seconds since the epoch.

    Raises:
        ConfigurationError: The address is open to others and no key was given, or a strict
            emulator has no models.
        SandboxUnavailable: This host does not isolate, or has no perl; the message says what to
            change.
        OSError: The port is taken.
    """
    if not api_key and not is_loopback(host):
        raise ConfigurationError(
            f"An emulator that listens on {host} runs the code of whoever reaches it: give it "
            "an --api-key of your own."
        )
    config = EmulatorConfig(
        access=Access(api_key or f"dtn_{secrets.token_hex(24)}", frozenset(permissions)),
        minute_s=minute_s,
        max_sandboxes=max_sandboxes,
        models=await asyncio.to_thread(OfficialModels) if is_strict else None,
        clock=clock,
    )
    notices = _Notices(on_notice)
    async with _made(machines, cache_dir, notices) as made, _assembled(config, made) as whole:
        notices.told.append(whole.builds.notice)
        async with _listening(whole.app, whole.connections, host=host, port=port) as origin:
            yield whole.running(origin)


class _Notices:
    """Publish and subscribe: hands each line of the toolchains to all listeners."""

    def __init__(self, first: Callable[[str], None] | None) -> None:
        self.told = [] if first is None else [first]

    def __call__(self, line: str) -> None:
        for each in self.told:
            each(line)


@asynccontextmanager
async def _made(
    given: MachinesLike | None, cache_dir: Path | None, on_notice: Callable[[str], None]
) -> AsyncIterator[MachinesLike]:
    if given is not None:
        yield given
        return
    own = await EmulatedMachines.start(cache_dir, on_notice)
    try:
        yield own
    finally:
        await finish(own.aclose(), grace_s=CLOSING_S)


@asynccontextmanager
async def _assembled(config: EmulatorConfig, machines: MachinesLike) -> AsyncIterator[Assembly]:
    whole: Assembly | None = None
    try:
        async with background_tasks() as tasks:
            whole = Assembly(config, machines, tasks)
            tasks.start(whole.fleet.watch(), name="watch")
            yield whole
    finally:
        if whole is not None:  # only now: no task makes a machine any more
            await finish(whole.fleet.clear(), grace_s=CLOSING_S)


@asynccontextmanager
async def _listening(
    app: ASGIApp, connections: Connections, *, host: str, port: int
) -> AsyncIterator[str]:
    address = "127.0.0.1" if host == "localhost" else host  # one socket, hence one port
    server, state = await listen(_quiet(app), connections, host=address, port=port)
    try:
        bound = server.sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{bound}"
    finally:
        server.close()
        connections.cut_all()
        for task in tuple(state.tasks):
            task.cancel()
        if state.tasks:
            await finish(ended(*state.tasks), grace_s=ENDING_S)


def _quiet(app: ASGIApp) -> ASGIApp:
    """Return an application that ends without a word when its request is cancelled.

    Only the closing of the emulator does that; uvicorn would take it for a mistake and log it.
    """

    async def quiet(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            return

    return quiet
