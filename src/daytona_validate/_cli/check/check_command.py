"""The command `check`: options in, exit code out; the work is done in `check_run.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from daytona_validate._cli.attempt_options import attempt_options, run_rules
from daytona_validate._cli.changed_argument import CheckCommand
from daytona_validate._cli.course_options import (
    Selection,
    language_of,
    read_options,
    reading_options,
    tests_option,
)
from daytona_validate._cli.ending_options import PassedOnce, ending_options
from daytona_validate._cli.former_run_options import former_run_options, former_run_rules
from daytona_validate._cli.gate_options import gate_options, gate_rules
from daytona_validate._cli.mark_options import (
    mark_options,
    marked_blocks,
    outputs_option,
    strip_option,
    update_outputs_option,
)
from daytona_validate._cli.package_options import package_choice, package_options
from daytona_validate._cli.path_options import exclude_option
from daytona_validate._cli.report_options import explain_option
from daytona_validate._cli.shared_options import (
    env_file_option,
    output_format_option,
    provider_option,
    timeout_option,
)

if TYPE_CHECKING:  # it costs more than the whole of --help
    from pathlib import Path

    from daytona_validate._providers.protocol import SandboxProvider

EPILOG = """\b
Examples:
  daytona-validate check lesson.md
  daytona-validate check course/ --language python -j 8
  daytona-validate check answers.jsonl --code-field completion --fenced last
  daytona-validate check answers.jsonl --template '{prompt}{completion}' --must-reach-end
  daytona-validate check course/ --output-format jsonl --report junit=report.xml
  cat lesson.md | daytona-validate check -

\b
Exit codes: 0 all passed; 1 a snippet failed; 2 usage or configuration;
3 no verdict could be had; 5 nothing to run; 130 interrupted. 1 wins over 3.
"""

FORMATS = ("text", "json", "jsonl", "junit", "github", "markdown", "sarif", "html")


@click.command(cls=CheckCommand, epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@output_format_option(*FORMATS)
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
    "--snippets-per-sandbox",
    metavar="N",
    type=click.IntRange(min=1, max=50),
    help="Snippets of one language that a Daytona sandbox runs, one after the other. Default: 1.",
)
@click.option(
    "--fast-python",
    is_flag=True,
    help="Start local Python programs as forks of one interpreter; for authors you trust.",
)
@timeout_option("Time for one program, where it brings no limit of its own. Default: 30.")
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
    "--list",
    "is_list",
    is_flag=True,
    help="List all blocks and what would become of them. Text or jsonl.",
)
@tests_option
@ending_options
@provider_option
@env_file_option
@reading_options
@attempt_options
@package_options
@mark_options
@strip_option
@outputs_option
@exclude_option
@update_outputs_option
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
@explain_option
@gate_options
@former_run_options
@click.pass_obj
def check(
    given: SandboxProvider | None,
    /,
    *,
    paths: tuple[str, ...],
    output_format: str,
    reports: tuple[str, ...],
    concurrency: int | None,
    snippets_per_sandbox: int | None,
    fast_python: bool,
    timeout_s: float | None,
    languages: tuple[str, ...],
    fail_fast: bool,
    strict: bool,
    is_list: bool,
    run_tests: bool,
    passed_once: PassedOnce | None,
    provider: str | None,
    env_file: Path | None,
    progress: str,
    no_progress: bool,
    is_verbose: bool,
    is_quiet: bool,
    only_marked: tuple[str, ...],
    skip_marked: tuple[str, ...],
    strip: tuple[str, ...],
    outputs: tuple[str, ...],
    exclude: tuple[str, ...],
    allow_packages: bool,
    allow_files: bool,
    packages: tuple[str, ...],
    updates_outputs: bool,
    explains: bool,
    no_fail_on: tuple[str, ...],
    baseline: Path | None,
    update_baseline: bool,
    changed: str | None,
    last_failed: bool,
    resume: Path | None,
    **reading: str | None,
) -> None:
    """Run the code of pages, data sets and source files, and report what fails.

    PATH is a Markdown page, a data set (JSONL, JSON, CSV), a source file, a folder with any of
    them, or - for stdin. Every fenced block and record runs in a fresh sandbox, many at a time.
    """
    from daytona_validate._cli.changed_blocks import changed_blocks
    from daytona_validate._cli.check import check_run, listing
    from daytona_validate._cli.check.check_choice import CheckChoice
    from daytona_validate._cli.check.report_targets import parse_targets

    files = read_options(reading, strip=strip, outputs=outputs, exclude=exclude)
    is_part = any((fail_fast, languages, only_marked, skip_marked, changed))
    choice = CheckChoice(
        paths=paths,
        reading=files,
        selection=Selection(
            frozenset(map(language_of, languages)),
            timeout_s,
            run_tests=run_tests,
            passed_once=passed_once,
            marked=marked_blocks(only_marked, skip_marked),
            changed=None if changed is None else changed_blocks(paths, changed, reading=files),
        ),
        rules=run_rules(reading, allows_files=allow_files),
        packages=package_choice(packages, allows_wishes=allow_packages),
        targets=parse_targets(reports, formats=FORMATS),
        output_format=output_format,
        concurrency=concurrency,
        snippets_per_sandbox=snippets_per_sandbox,
        fast_python=fast_python,
        provider=provider,
        env_file=env_file,
        progress="never" if no_progress or is_quiet else progress,
        fail_fast=fail_fast,
        strict=strict,
        is_quiet=is_quiet,
        is_verbose=is_verbose,
        updates_outputs=updates_outputs,
        gate=gate_rules(
            no_fail_on, baseline, updates=update_baseline, is_part=is_part or last_failed
        ),
        explains=explains,
        former=former_run_rules(reading, resume=resume, last_failed=last_failed, is_part=is_part),
    )
    raise SystemExit(listing.list_only(choice) if is_list else check_run.run(choice, given=given))
