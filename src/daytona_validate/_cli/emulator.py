"""The command `emulator`: Daytona's API on this machine, until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # it costs more than the whole of --help
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._emulator.handle import Emulator

PORT = 3986
KEY_VARIABLE = "DAYTONA_EMULATOR_KEY"
"""Not `DAYTONA_API_KEY`: that may be one for Daytona itself, which no client here is to be told."""

EPILOG = """\b
Examples:
  daytona-validate emulator
  daytona-validate emulator --port 0 --max-sandboxes 10
  DAYTONA_EMULATOR_KEY=... daytona-validate emulator --host 0.0.0.0
"""


@click.command(epilog=EPILOG)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; an address that others reach needs --api-key.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0 is any free one.",
)
@click.option(
    "--api-key",
    metavar="KEY",
    envvar=KEY_VARIABLE,
    show_envvar=True,
    help="What clients must have; else one is made up. Other users see it among the processes.",
)
@click.option(
    "--max-sandboxes",
    metavar="N",
    type=click.IntRange(min=1),
    help="Answer as a full quota beyond so many sandboxes.",
)
@click.option(
    "--minute",
    "minute_s",
    metavar="SECONDS",
    type=click.FloatRange(min=0.001),
    default=60.0,
    show_default=True,
    help="How long a minute of auto-stop and time to live takes; for tests.",
)
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Refuse bodies that Daytona's own clients would not send (extra test-sdk).",
)
def emulator(
    *,
    host: str,
    port: int,
    api_key: str | None,
    max_sandboxes: int | None,
    minute_s: float,
    is_strict: bool,
) -> None:
    """Serve Daytona's API on this machine, over real sandboxes and without Docker.

    Says on stdout, in one line, what a client needs in its environment, and serves until it is
    interrupted. Nothing that was made outlives it.
    """
    from daytona_validate._cli.command_settings import local_settings
    from daytona_validate._cli.screen.interrupt import run_until_interrupted
    from daytona_validate._cli.screen.log_on_screen import log_on
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._errors import ConfigurationError
    from daytona_validate._jails.wheels import install_line
    from daytona_validate._linux_only import refuse_other_systems

    refuse_other_systems()
    try:
        from daytona_validate._emulator.serve import emulator as serve
    except ModuleNotFoundError as error:
        package = (error.name or "more").partition(".")[0]
        raise ConfigurationError(
            f"The emulator needs {package}: {install_line('emulator')}"
        ) from None

    screen = Screen()
    cache_dir = local_settings(screen).cache_dir

    async def main() -> None:
        async with serve(
            host=host,
            port=port,
            api_key=api_key,
            cache_dir=cache_dir,
            on_notice=screen.note,
            minute_s=minute_s,
            max_sandboxes=max_sandboxes,
            is_strict=is_strict,
        ) as running:
            await _shown(running, screen)

    with log_on(screen):
        run_until_interrupted(main, say=screen.error)


async def _shown(running: Emulator, screen: Screen) -> None:
    """Print the environment that a client needs, then wait until cancelled."""
    from asyncio import Event

    from daytona_validate._reports.shell_word import shell_word

    key, url = shell_word(running.api_key), shell_word(running.base_url)
    screen.result(f"export DAYTONA_API_KEY={key} DAYTONA_BASE_URL={url}\n")
    screen.note(f"Daytona's own SDK: export DAYTONA_API_KEY={key} DAYTONA_API_URL={url}")
    await Event().wait()
