"""The command `run`: one snippet, and what it prints."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.attempt_options import attempt_options, run_rules
from daytona_validate._cli.course_options import read_options, reading_options, tests_option
from daytona_validate._cli.ending_options import PassedOnce, ending_options
from daytona_validate._cli.mark_options import strip_option
from daytona_validate._cli.package_options import package_choice, package_options
from daytona_validate._cli.shared_options import (
    env_file_option,
    output_format_option,
    provider_option,
    timeout_option,
)

if TYPE_CHECKING:  # they cost more than the whole of --help
    from pathlib import Path

    from daytona_validate._cli.chosen_provider import ChosenProvider
    from daytona_validate._cli.package_options import PackageChoice
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._client import Validator
    from daytona_validate._models import CodeValidationResult
    from daytona_validate._providers.protocol import SandboxProvider

EPILOG = """\b
Examples:
  daytona-validate run hello.py
  daytona-validate run lesson.md:137          the block whose fence opens on line 137
  daytona-validate run data.jsonl:12          the record on line 12
  echo 'print(6 * 7)' | daytona-validate run - --language python
  daytona-validate run sum.py -- 1 2 3        with arguments
"""


@click.command(epilog=EPILOG)
@click.argument("source", metavar="FILE|-|PAGE:LINE")
@click.argument("args", nargs=-1)
@click.option("--language", metavar="NAME", help="The language; else the file or its block says.")
@timeout_option("Time for the program.")
@click.option(
    "--stdin",
    "stdin_file",
    metavar="FILE",
    help="What the program reads from stdin; - is our own. Without it, nothing.",
)
@tests_option
@ending_options
@provider_option
@env_file_option
@reading_options
@attempt_options
@package_options
@strip_option
@output_format_option(
    "text", "json", help_text="text: what the program prints; json: the whole result, on one line."
)
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Leave out the line of details.")
@click.pass_obj
def run(
    given: SandboxProvider | None,
    /,
    *,
    source: str,
    args: tuple[str, ...],
    language: str | None,
    timeout_s: float | None,
    run_tests: bool,
    passed_once: PassedOnce | None,
    stdin_file: str | None,
    provider: str | None,
    env_file: Path | None,
    output_format: str,
    is_quiet: bool,
    strip: tuple[str, ...],
    allow_packages: bool,
    allow_files: bool,
    packages: tuple[str, ...],
    **reading: str | None,
) -> None:
    """Run one snippet in a fresh sandbox and show what it prints.

    A block of a page runs as `check` runs it: with the blocks before it, if it needs them.
    Its output goes to stdout, its errors and one line of details to stderr. Exits with 0 if it
    passed, 1 if it failed, 3 if no verdict could be had; never with the program's own code.
    """
    from daytona_validate._cli.page_block import is_on_page, result_on_page
    from daytona_validate._cli.single_snippet import courses, sent_paths, single_snippet, stdin_text

    if stdin_file == "-" == source.partition(":")[0]:
        raise click.UsageError("the code and --stdin cannot both come from stdin")
    options = read_options(reading, strip=strip)
    snippet = single_snippet(source, language=language, reading=options)
    snippet = replace(
        snippet,
        args=args or snippet.args,
        stdin=stdin_text(stdin_file, snippet),
        timeout_s=timeout_s or snippet.timeout_s,
        run_tests=run_tests,
        **(passed_once.fields if passed_once else {}),
    )

    async def validated(validator: Validator, chosen: ChosenProvider) -> CodeValidationResult:
        if not is_on_page(snippet, source):
            return await validator.validate(snippet)
        return await result_on_page(
            snippet,
            source,
            reading=options,
            rules=run_rules(reading, allows_files=allow_files).at(is_local=chosen.is_local),
            validator=validator,
        )

    raise SystemExit(
        _run_once(
            validated,
            given=given,
            provider=provider,
            env_file=env_file,
            sends=sent_paths(source, stdin_file, options.include_folder),
            packages=package_choice(packages, allows_wishes=allow_packages),
            courses=courses(source),
            output_format=output_format,
            is_quiet=is_quiet,
        )
    )


def _run_once(
    validated: Callable[[Validator, ChosenProvider], Awaitable[CodeValidationResult]],
    *,
    given: SandboxProvider | None,
    provider: str | None,
    env_file: Path | None,
    sends: Sequence[str],
    packages: PackageChoice,
    courses: Sequence[str],
    output_format: str,
    is_quiet: bool,
) -> int:
    """Run a snippet, show its result, and return the exit code.

    Args:
        validated: Has the snippet validated.
        given: A provider to use instead of the one that `provider` names.
        provider: What `--provider` says.
        env_file: What `--env-file` says.
        packages: What the options say of packages.
        courses: The path whose course may ask for packages, if there is one.
        sends: The paths of all that is sent to the provider; `-` is stdin.
        output_format: `text` or `json`.
        is_quiet: Whether only the program's own output is shown.
    """
    from daytona_validate._cli.chosen_provider import chosen_provider
    from daytona_validate._cli.exit_codes import code_of_result
    from daytona_validate._cli.screen.interrupt import run_until_interrupted
    from daytona_validate._cli.screen.log_on_screen import log_on
    from daytona_validate._cli.screen.screen import Screen

    screen = Screen(is_quiet=is_quiet)
    with log_on(screen):
        chosen = chosen_provider(
            provider,
            env_file=env_file,
            sends=sends,
            given=given,
            screen=screen,
            packages=packages,
            courses=courses,
        )

        async def main() -> CodeValidationResult:
            async with chosen.validator(concurrency=1) as validator:
                return await validated(validator, chosen)

        result = run_until_interrupted(main, say=screen.error)
    _show(result, screen, output_format)
    return code_of_result(result)


def _show(result: CodeValidationResult, screen: Screen, output_format: str) -> None:
    from daytona_validate._cli.exit_codes import ExitCode, code_of_result

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
    if result.completed is not None:
        screen.note(f"it ran with {result.completed}")


def _fit(text: str, *, is_terminal: bool) -> str:
    """Return a program's text as it is, but harmless where it would reach a terminal.

    On a terminal it also ends its last line, so that ours does not continue it.
    """
    if not is_terminal:
        return text
    from daytona_validate._core.printable import printable

    shown = printable(text)
    return shown if shown.endswith("\n") else f"{shown}\n"
