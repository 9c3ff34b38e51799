"""The command `run`: one snippet, and what it prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.course_options import read_options, reading_options, tests_option
from daytona_validate._cli.env_file_option import env_file_option
from daytona_validate._cli.provider_option import provider_option

if TYPE_CHECKING:  # they cost more than the whole of --help
    from pathlib import Path

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
@click.option(
    "--timeout",
    "timeout_s",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Time for the program.",
)
@click.option(
    "--stdin",
    "stdin_file",
    metavar="FILE",
    help="What the program reads from stdin; - is our own. Without it, nothing.",
)
@tests_option
@provider_option
@env_file_option
@reading_options
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: what the program prints; json: the whole result, on one line.",
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
    stdin_file: str | None,
    provider: str | None,
    env_file: Path | None,
    output_format: str,
    is_quiet: bool,
    **reading: str | None,
) -> None:
    """Run one snippet in a fresh sandbox and show what it prints.

    Its output goes to stdout, its errors and one line of details to stderr. Exits with 0 if it
    passed, 1 if it failed, 3 if no verdict could be had; never with the program's own code.
    """
    from daytona_validate._cli.run_once import run_once  # noqa: PLC0415 - see above
    from daytona_validate._cli.single_snippet import (  # noqa: PLC0415
        sent_paths,
        single_snippet,
        stdin_text,
    )

    if stdin_file == "-" == source.partition(":")[0]:
        raise click.UsageError("the code and --stdin cannot both come from stdin")
    options = read_options(reading)
    snippet = single_snippet(source, language=language, reading=options)
    snippet = replace(
        snippet,
        args=args or snippet.args,
        stdin=stdin_text(stdin_file, snippet),
        timeout_s=timeout_s or snippet.timeout_s,
        run_tests=run_tests,
    )
    raise SystemExit(
        run_once(
            snippet,
            given=given,
            provider=provider,
            env_file=env_file,
            sends=sent_paths(source, stdin_file, options.include_folder),
            output_format=output_format,
            is_quiet=is_quiet,
        )
    )
