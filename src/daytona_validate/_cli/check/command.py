"""The command `check`: options in, exit code out; the work is done in `run.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from daytona_validate._cli.course_options import reading_options, tests_option
from daytona_validate._cli.env_file_option import env_file_option
from daytona_validate._cli.provider_option import provider_option

if TYPE_CHECKING:  # it costs more than the whole of --help
    from daytona_validate._providers.protocol import SandboxProvider

EPILOG = """\b
Examples:
  daytona-validate check lesson.md
  daytona-validate check course/ --language python -j 8
  daytona-validate check answers.jsonl --code-field completion --fenced last
  daytona-validate check course/ --output-format jsonl --report junit=report.xml
  cat lesson.md | daytona-validate check -

\b
Exit codes: 0 all passed; 1 a snippet failed; 2 usage or configuration;
3 no verdict could be had; 5 nothing to run; 130 interrupted. 1 wins over 3.
"""

FORMATS = ("text", "json", "jsonl", "junit")


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What is written to stdout.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Write a report into a file as well; may be given several times.",
)
@click.option(
    "-j",
    "--concurrency",
    metavar="N",
    type=click.IntRange(min=1),
    help="Snippets at one time. Default: 2 per core, or 10 with Daytona.",
)
@click.option(
    "--timeout",
    "timeout_s",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Time for one program, where it brings no limit of its own. Default: 30.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="NAME",
    help="Only snippets in this language; may be given several times.",
)
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--strict", is_flag=True, help="Count fragments (not_runnable) as failures.")
@click.option(
    "--list", "is_list", is_flag=True, help="List what would run, and run nothing. Text or jsonl."
)
@tests_option
@provider_option
@env_file_option
@reading_options
@click.option(
    "--progress",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="A bar on a terminal, else a line every few seconds; always: a bar in any case.",
)
@click.option("--no-progress", is_flag=True, help="The same as --progress never.")
@click.option(
    "-v", "--verbose", "is_verbose", is_flag=True, help="List all that did not pass, fragments too."
)
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Only results and errors.")
@click.pass_obj
def check(given: SandboxProvider | None, /, **options: Any) -> None:  # noqa: ANN401 - click's
    """Run the code of pages, data sets and source files, and report what fails.

    PATH is a Markdown page, a JSONL file, a source file, a folder with any of them, or - for
    stdin. Every fenced block and every record runs in a fresh sandbox of its own, many at a time.
    """
    from daytona_validate._cli.check.choice import CheckChoice  # noqa: PLC0415 - see above
    from daytona_validate._cli.check.run import list_only, run  # noqa: PLC0415

    choice = CheckChoice.of(options)
    raise SystemExit(list_only(choice) if choice.is_list else run(choice, given=given))
