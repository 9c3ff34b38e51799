"""The command `doctor`: what works here, and six cases that prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from daytona_validate._cli.shared_options import (
    env_file_option,
    output_format_option,
    provider_option,
)

if TYPE_CHECKING:  # it costs more than the whole of --help
    from pathlib import Path

    from daytona_validate._providers.protocol import SandboxProvider

EPILOG = """\b
Examples:
  daytona-validate doctor
  daytona-validate doctor --provider daytona
  daytona-validate doctor --provider local --output-format json
"""


@click.command(epilog=EPILOG)
@provider_option
@env_file_option
@output_format_option("text", "json")
@click.pass_obj
def doctor(
    given: SandboxProvider | None,
    /,
    *,
    provider: str | None,
    env_file: Path | None,
    output_format: str,
) -> None:
    """Show what works here, and try it on six known cases.

    It looks at what commands would use: Daytona if a key is set, else this machine.

    Exits with 0 if all six pass, 1 if a verdict is wrong, 3 if one cannot be had here.
    """
    from daytona_validate._cli.doctor.doctor_run import examine
    from daytona_validate._cli.screen.screen import Screen

    report = examine(provider, env_file=env_file, given=given)
    text = report.to_json() if output_format == "json" else report.to_text()
    Screen().writer(output_format)(text)
    raise SystemExit(report.exit_code)
