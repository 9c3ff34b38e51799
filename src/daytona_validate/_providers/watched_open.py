"""Sandboxes whose making, run and removal an observer is told of, whoever makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Protocol, TypeAlias, runtime_checkable

from daytona_validate._errors import reason_of
from daytona_validate._models import Execution, SandboxSpec, Snippet, Stage
from daytona_validate._observe.telemetry import Telemetry
from daytona_validate._observe.watch import Watch
from daytona_validate._providers.protocol import Sandbox, SandboxProvider

Open: TypeAlias = Callable[[SandboxSpec], AbstractAsyncContextManager[Sandbox]]
"""As `SandboxProvider.open`."""


@runtime_checkable
class ReportingProvider(SandboxProvider, Protocol):
    """Provider that tells of its sandboxes itself, as it removes them in the background."""

    def report_to(self, watch: Watch) -> None:
        """Tell an observer of all sandboxes from now on."""
        ...


def watched_open(provider: SandboxProvider, watch: Watch) -> Open:
    """Return what opens sandboxes of a provider and has an observer told of each."""
    telemetry = watch.telemetry
    opens: Open = provider.open
    if isinstance(provider, ReportingProvider):
        provider.report_to(watch)
    else:
        opens = _watched(provider, watch)
    if not telemetry.is_on:
        return opens
    return lambda spec: _Traced(opens(spec), spec.language, provider.name, telemetry)


def _watched(provider: SandboxProvider, watch: Watch) -> Open:
    telemetry = watch.telemetry
    if telemetry.is_on:
        return lambda spec: _Watched(_TracedRemoval(provider.open(spec), telemetry), watch)
    return lambda spec: _Watched(provider.open(spec), watch)


class _Watched:
    """Context of a sandbox; an observer is told when it is made and removed."""

    __slots__ = ("_context", "_name", "_watch")

    def __init__(self, context: AbstractAsyncContextManager[Sandbox], watch: Watch) -> None:
        self._context = context
        self._watch = watch

    async def __aenter__(self) -> Sandbox:
        sandbox = await self._context.__aenter__()
        self._name = sandbox.sandbox_id
        self._watch.created(self._name)
        return sandbox

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        try:
            swallows = await self._context.__aexit__(kind, error, traceback)
        except asyncio.CancelledError:  # it is removed all the same: the contract says so
            self._watch.deleted(self._name)
            raise
        except BaseException as other:
            if other is error:
                self._watch.deleted(self._name)
            else:
                self._watch.unconfirmed(self._name, is_doubtful=False)
            raise
        self._watch.deleted(self._name)
        return swallows


class _TracedRemoval:
    """Context of a sandbox, with a span around its removal."""

    def __init__(self, context: AbstractAsyncContextManager[Sandbox], telemetry: Telemetry) -> None:
        self._context = context
        self._telemetry = telemetry

    async def __aenter__(self) -> Sandbox:
        return await self._context.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        with self._telemetry.deletion() as span:
            try:
                return await self._context.__aexit__(kind, error, traceback)
            except Exception as other:
                if other is not error:
                    self._telemetry.failed(span, reason_of(other))
                raise


class _Traced:
    """Context of a sandbox, with a span around its making and another around each run."""

    def __init__(
        self,
        context: AbstractAsyncContextManager[Sandbox],
        language: str,
        provider: str,
        telemetry: Telemetry,
    ) -> None:
        self._context = context
        self._about = (language, provider)
        self._telemetry = telemetry

    async def __aenter__(self) -> Sandbox:
        with self._telemetry.span("sandbox create", *self._about) as span:
            try:
                sandbox = await self._context.__aenter__()
            except Exception as error:
                self._telemetry.failed(span, reason_of(error))
                raise
        return _TracedSandbox(sandbox, self)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._context.__aexit__(kind, error, traceback)

    async def run(self, sandbox: Sandbox, snippet: Snippet, until: Stage) -> Execution:
        with self._telemetry.span("run", *self._about) as span:
            try:
                return await sandbox.run(snippet, until=until)
            except Exception as error:
                self._telemetry.failed(span, reason_of(error))
                raise


class _TracedSandbox:
    """Sandbox whose runs are spans."""

    def __init__(self, sandbox: Sandbox, context: _Traced) -> None:
        self.sandbox_id = sandbox.sandbox_id
        self._sandbox = sandbox
        self._context = context

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what a pool asks of some
        return getattr(self._sandbox, name)

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        return await self._context.run(self._sandbox, snippet, until)
