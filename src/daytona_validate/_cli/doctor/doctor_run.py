"""The checks and cases of `doctor`, run."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from anyio import to_thread

from daytona_validate._cli.chosen_provider import ChosenProvider
from daytona_validate._cli.command_settings import ChosenSettings, ProviderChoice, chosen_settings
from daytona_validate._cli.daytona_access import images_of, service_of
from daytona_validate._cli.doctor.cases import CASES, CaseReport, FirstCase
from daytona_validate._cli.doctor.report import DoctorReport
from daytona_validate._cli.screen.interrupt import run_until_interrupted
from daytona_validate._cli.screen.log_on_screen import log_on
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._cli.this_host import (
    ToolchainState,
    cache_place_text,
    core_pattern_text,
    isolation_texts,
    toolchain_states,
    warm_text,
)
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.version_drift import is_drifted
from daytona_validate._errors import ConfigurationError, SandboxUnavailable
from daytona_validate._models.readiness import Finding
from daytona_validate._providers.daytona.findings import daytona_findings
from daytona_validate._providers.daytona.images import Image
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._settings import Settings

_NO_PROVIDER = ProviderChoice("daytona", "")


def examine(
    provider: str | None, *, env_file: Path | None, given: SandboxProvider | None
) -> DoctorReport:
    """Run the checks of the provider that commands would use, and the six cases; return the report.

    No toolchain is prepared on this host for the sake of Daytona, and Daytona is asked nothing
    for the sake of this host.

    Args:
        provider: What `--provider` says.
        env_file: What `--env-file` says.
        given: A provider to use for the cases instead of the one that `provider` names.

    Raises:
        ConfigurationError: A setting is wrong; the caller's fault.
        Interrupted: By a signal; everything that was started is gone.
    """
    screen = Screen()
    with log_on(screen):
        chosen = chosen_settings(provider, env_file=env_file, screen=screen)
        settings, choice = chosen.settings, chosen.choice
        # Outside the event loop, as they read files.
        images, ours = images_of(settings), version("daytona-validate")

        async def main() -> DoctorReport:
            is_here = choice.name == "local"
            return DoctorReport(
                version=ours,
                settings=_settings_findings(chosen),
                local=await _local_findings(settings, screen) if is_here else (),
                daytona=() if is_here else await _daytona_findings(settings, images),
                cases=await _reports(settings, choice, given, screen),
            )

        return run_until_interrupted(main, say=screen.error)


def _settings_findings(chosen: ChosenSettings) -> tuple[Finding, ...]:
    key = chosen.key_from
    line = chosen.provider_line() or f"provider: {chosen.choice.name}"
    return (
        Finding("python", is_good=True, text=platform.python_version()),
        Finding(
            "key", key is not None, f"DAYTONA_API_KEY is {f'from {key}' if key else 'not set'}"
        ),
        Finding("provider", is_good=True, text=line.removeprefix("provider: ")),
    )


async def _daytona_findings(settings: Settings, images: tuple[Image, ...]) -> tuple[Finding, ...]:
    if settings.api_key is None:
        return ()
    try:
        async with service_of(settings) as service:
            return await daytona_findings(service, images, address=settings.base_url)
    except ConfigurationError as error:
        return (Finding("server", is_good=False, text=str(error)),)


async def _local_findings(settings: Settings, screen: Screen) -> tuple[Finding, ...]:
    try:
        states = await toolchain_states(settings, screen.note)
        texts = await to_thread.run_sync(isolation_texts)
        crashes = await to_thread.run_sync(core_pattern_text)
        place = await to_thread.run_sync(cache_place_text, settings)
    except SandboxUnavailable as error:
        return (Finding("isolation", is_good=False, text=str(error)),)
    names = ("isolation", "limits")
    isolation = [
        Finding(name, is_good=True, text=text) for name, text in zip(names, texts, strict=False)
    ]
    isolation.append(Finding("warm", is_good=True, text=warm_text(settings)))
    if settings.python_engine == "zygote":
        text = "Python programs are forks of one interpreter, where control groups count"
        isolation.append(Finding("zygote", is_good=True, text=text))
    if place:
        isolation.append(Finding("cache", is_good=True, text=place))
    if crashes:
        isolation.append(Finding("crashes", is_good=True, text=crashes))
    return (*isolation, *(Finding(s.name, s.is_usable, beside_reference(s)) for s in states))


def beside_reference(state: ToolchainState) -> str:
    """Return a toolchain's version beside the reference image and Daytona's image."""
    using = [each for each in LANGUAGES.values() if each.toolchain == state.name]
    if not (state.is_usable and using):
        return state.text
    reference = ", ".join(dict.fromkeys(each.image for each in using))
    daytona = ", ".join(dict.fromkeys(each.pulled_as or each.image for each in using))
    is_other = any(is_drifted(each, state.text) for each in using)
    differs = ", which differs" if is_other else ""
    return f"{state.text} (reference {reference}{differs}; Daytona {daytona})"


async def _reports(
    settings: Settings, choice: ProviderChoice, given: SandboxProvider | None, screen: Screen
) -> tuple[CaseReport, ...]:
    """Run every case; those that need the same settings share a validator."""
    reports: dict[FirstCase, CaseReport] = {}
    for has_provider, packages in dict.fromkeys((c.has_provider, c.packages) for c in CASES):
        cases = [c for c in CASES if (c.has_provider, c.packages) == (has_provider, packages)]
        chosen = ChosenProvider.of(
            _settings_for(cases[0], settings, choice),
            choice if has_provider else _NO_PROVIDER,
            given=given if has_provider else None,
            screen=screen,
        )
        async with chosen.validator(concurrency=1) as validator:
            for case in cases:
                reports[case] = case.judge(await validator.validate(case.snippet()))
    return tuple(reports[case] for case in CASES)


def _settings_for(case: FirstCase, settings: Settings, choice: ProviderChoice) -> Settings:
    """Return the settings that a case needs, and no others that could change its result."""
    changes: dict[str, object] = {
        "packages": packages_of(case, settings.packages, provider=choice.name)
    }
    if not case.has_provider:
        changes["api_key"] = None
    return settings.model_copy(update=changes)


def packages_of(
    case: FirstCase, configured: Mapping[str, tuple[str, ...]], *, provider: str
) -> dict[str, tuple[str, ...]]:
    """Return the packages for a case: at Daytona those configured, if they include its own."""
    names = {re.split(r"[=\[@]", each, maxsplit=1)[0] for each in configured.get(case.language, ())}
    if provider == "daytona" and names.issuperset(case.packages):
        return dict(configured)
    return {case.language: case.packages} if case.packages else {}
