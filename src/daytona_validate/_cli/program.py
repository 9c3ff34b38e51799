"""The command group: loads a command only when it is run, and turns errors into exit codes.

What `--help` says stands in `top_help.py`.
"""

from __future__ import annotations

import os
import traceback
from importlib import import_module

import click

from daytona_validate._cli.exit_codes import ExitCode, Interrupted
from daytona_validate._cli.screen.streams import OutputLost
from daytona_validate._cli.top_help import COMMANDS, top_help
from daytona_validate._core.printable import printable
from daytona_validate._errors import ConfigurationError, SandboxUnavailable


class RootGroup(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"daytona_validate._cli.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """Return the text that `--help` shows, without importing a command."""
        return top_help().removesuffix("\n")

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and end with one line and an exit code where it cannot go on."""
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            click.echo(f"error: {printable(str(error))}", err=True)
            ctx.exit(ExitCode.USAGE)
        except SandboxUnavailable as error:
            click.echo(f"error: {printable(str(error))}", err=True)
            ctx.exit(ExitCode.UNAVAILABLE)
        except Interrupted as interrupted:
            ctx.exit(interrupted.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(ExitCode.INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, OutputLost):
            raise
        # Python's own exit code for what nobody catches is 1, which here says: a snippet failed.
        except OSError as error:
            click.echo(f"error: {_words(error)}", err=True)
            ctx.exit(ExitCode.UNAVAILABLE)
        except Exception:  # noqa: BLE001 - shown, and the end of the program
            traceback.print_exc()
            click.echo("error: this is a bug of daytona-validate; please report it", err=True)
            ctx.exit(ExitCode.UNAVAILABLE)


def _words(error: OSError) -> str:
    where = "" if error.filename is None else f"{printable(os.fsdecode(error.filename))}: "
    return f"{where}{error.strerror or error}"


def _show_version(ctx: click.Context, _param: click.Parameter, is_asked: bool) -> None:
    if is_asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"daytona-validate {version('daytona-validate')}")
        ctx.exit()


@click.group(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
)
def program() -> None:
    """Run code snippets in fresh isolated sandboxes and tell whose fault a failure is."""
