"""The work of `run`: one snippet through a validator, and its result on the two streams."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from daytona_validate._cli.chosen_provider import chosen_backing
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.interrupt import run_until_interrupted
from daytona_validate._cli.screen.log_on_screen import log_on
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._cli.worst_code import code_of_result
from daytona_validate._core.printable import printable
from daytona_validate._models import CodeValidationResult, Snippet
from daytona_validate._providers.protocol import SandboxProvider


def run_once(
    snippet: Snippet,
    *,
    given: SandboxProvider | None,
    provider: str | None,
    env_file: Path | None,
    sends: Sequence[str],
    output_format: str,
    is_quiet: bool,
) -> int:
    """Run a snippet, show what became of it, and return the exit code.

    Args:
        snippet: What to run.
        given: A provider to use instead of the one that `provider` names.
        provider: What `--provider` says.
        env_file: What `--env-file` says.
        sends: The paths of what is sent to the provider; `-` is stdin.
        output_format: `text` or `json`.
        is_quiet: Whether only the program's own output is shown.
    """
    screen = Screen(is_quiet=is_quiet)
    with log_on(screen):
        backing = chosen_backing(
            provider, env_file=env_file, sends=sends, given=given, screen=screen
        )

        async def main() -> CodeValidationResult:
            async with backing.validator(concurrency=1) as validator:
                return await validator.validate(snippet)

        result = run_until_interrupted(main, say=screen.error)
    _show(result, screen, output_format)
    return code_of_result(result)


def _show(result: CodeValidationResult, screen: Screen, output_format: str) -> None:
    if output_format == "json":
        screen.data(f"{result.to_json()}\n")
        return
    if result.output:
        is_terminal = sys.stdout.isatty()
        write = screen.result if is_terminal else screen.data
        write(_fit(result.output, is_terminal=is_terminal))
    if result.error:
        screen.foreign_error(_fit(result.error, is_terminal=sys.stderr.isatty()))
    if code_of_result(result) is ExitCode.UNAVAILABLE:
        screen.error(result.details)
    else:
        screen.note(f"{result.outcome}: {result.details}")


def _fit(text: str, *, is_terminal: bool) -> str:
    """Return a program's text as it is, but harmless where it would reach a terminal.

    On a terminal it also ends its last line, so that ours does not continue it.
    """
    if not is_terminal:
        return text
    shown = printable(text)
    return shown if shown.endswith("\n") else f"{shown}\n"
