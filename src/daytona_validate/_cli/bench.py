"""The command `bench`: what validations cost here, beside what there is to compare them with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.shared_options import env_file_option

if TYPE_CHECKING:  # they cost more than the whole of --help
    from collections.abc import Mapping, Sequence

    from daytona_validate._bench.record import Record
    from daytona_validate._bench.suite import Choice
    from daytona_validate._cli.chosen_provider import ChosenProvider
    from daytona_validate._cli.report_file import ReportFile
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._client import Validator
    from daytona_validate._providers.protocol import SandboxProvider

WHAT = ("client", "start-up", "fan-out", "throughput", "verdicts")
EPILOG = """\b
Examples:
  daytona-validate bench
  daytona-validate bench client start-up --against sdk
  daytona-validate bench throughput --language go --language java
  daytona-validate bench --full --json bench.json --svg bench.svg

\b
client      CPU, rate and memory of a client of Daytona, at a scripted server
start-up    from the start of a program to its first result, at the same
fan-out     what a snippet costs, whatever runs it
throughput  validations a second by language, beside bare processes
verdicts    the same programs at 1, 4, 16 and 64 at a time: is each verdict the same?
"""
_path = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=EPILOG)
@click.argument("what", nargs=-1, type=click.Choice(WHAT), metavar="[WHAT]...")
@click.option(
    "--provider",
    type=click.Choice(["local", "daytona"]),
    default="local",
    show_default=True,
    help="Whose sandboxes throughput and verdicts use. Daytona bills them: some 50 of a second.",
)
@click.option(
    "--against",
    type=click.Choice(["sdk"]),
    help="Put Daytona's own SDK beside client and start-up; it must be installed.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="NAME",
    help="Of the throughput; again for more. Default: Python and JavaScript.",
)
@click.option("--repetitions", type=click.IntRange(1, 100), help="Of each. [default: 3, full 5]")
@click.option("--full", "is_full", is_flag=True, help="Measure as much as docs/benchmarks.md has.")
@click.option("--json", "json_file", type=_path, metavar="FILE", help="Write all figures there.")
@click.option("--svg", "svg_file", type=_path, metavar="FILE", help="Draw them there.")
@env_file_option
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Leave out each measurement.")
@click.pass_obj
def bench(
    given: SandboxProvider | None,
    /,
    *,
    what: tuple[str, ...],
    provider: str,
    against: str | None,
    languages: tuple[str, ...],
    repetitions: int | None,
    is_full: bool,
    json_file: Path | None,
    svg_file: Path | None,
    env_file: Path | None,
    is_quiet: bool,
) -> None:
    """Measure what validations cost here, beside bare processes or Daytona's SDK.

    WHAT is client, start-up, fan-out, throughput or verdicts; without it, all of them, and at
    Daytona the last two. That takes a minute or two. Prints each figure's median and, in brackets,
    its spread. Sides take turns: trust ratios more than rates.

    Exits with 1 if a verdict was wrong or not the same each time, or a validation failed; with 3
    if something could not be measured.
    """
    from contextlib import ExitStack

    from daytona_validate._cli.chosen_provider import chosen_provider
    from daytona_validate._cli.report_file import ReportFile
    from daytona_validate._cli.screen.interrupt import run_until_interrupted
    from daytona_validate._cli.screen.log_on_screen import log_on
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._linux_only import refuse_other_systems

    refuse_other_systems()
    screen = Screen(is_quiet=is_quiet)
    with log_on(screen), ExitStack() as kept:
        chosen = chosen_provider(provider, env_file=env_file, sends=(), given=given, screen=screen)
        choice = _choice(
            chosen,
            languages=languages,
            repetitions=repetitions,
            is_full=is_full,
            is_beside_sdk=against is not None,
            given=given,
            screen=screen,
        )
        names = _names(what, is_beside_sdk=choice.is_beside_sdk, is_local=choice.is_local)
        files = {}
        for option, path in (("--json", json_file), ("--svg", svg_file)):
            if path is not None:  # whether it can be written is known before anything is measured
                files[option] = file = ReportFile(path, option=option)
                kept.callback(file.discard)
        records = run_until_interrupted(
            lambda: _measured(names, choice, chosen, screen), say=screen.error
        )
        code = _finish(records, screen=screen, files=files)
    is_whole = len(records) == len(names)
    raise SystemExit(code if code or is_whole else ExitCode.UNAVAILABLE)


def _names(what: tuple[str, ...], *, is_beside_sdk: bool, is_local: bool) -> tuple[str, ...]:
    """Return the benchmarks that are to be run.

    Raises:
        UsageError: The SDK is to stand beside none of them; the caller's fault.
        ConfigurationError: The SDK is not installed.
    """
    from daytona_validate._bench.client_cost import SDK
    from daytona_validate._bench.suite import BESIDE_SDK, IN_SANDBOXES
    from daytona_validate._errors import ConfigurationError

    names = tuple(dict.fromkeys(what)) or (WHAT if is_local else IN_SANDBOXES)
    if not is_beside_sdk:
        return names
    if not set(names) & set(BESIDE_SDK):
        raise click.UsageError(f"--against sdk is for {' and '.join(BESIDE_SDK)}")
    if not SDK.is_here:
        raise ConfigurationError("--against sdk needs Daytona's SDK: pip install daytona")
    return names


def _choice(
    chosen: ChosenProvider,
    *,
    languages: tuple[str, ...],
    repetitions: int | None,
    is_full: bool,
    is_beside_sdk: bool,
    given: SandboxProvider | None,
    screen: Screen,
) -> Choice:
    """Return what the options choose.

    Raises:
        ConfigurationError: A language is none.
        UsageError: It has no benchmark.
    """
    from dataclasses import replace

    from daytona_validate._bench.suite import FULL, LANGUAGES, QUICK, Choice, languages_for
    from daytona_validate._cli.chosen_provider import ChosenProvider
    from daytona_validate._cli.course_options import language_of

    def validator(concurrency: int) -> Validator:
        # Each closes its provider, so each has one of its own.
        settings, choice = chosen.settings, chosen.choice
        fresh = ChosenProvider.of(settings, choice, given=given, screen=screen)
        return fresh.validator(concurrency=concurrency)

    is_local = given is None and chosen.choice.name == "local"
    named = tuple(dict.fromkeys(map(language_of, languages)))
    if unknown := [name for name in named if name not in LANGUAGES]:
        raise click.UsageError(f"--language: there is no benchmark of {', '.join(unknown)}")
    sizes = FULL if is_full else QUICK
    return Choice(
        sizes=sizes if repetitions is None else replace(sizes, repetitions=repetitions),
        languages=languages_for(named, is_local=is_local),
        is_beside_sdk=is_beside_sdk,
        is_local=is_local,
        settings=chosen.settings,
        validator=validator,
        say=screen.note,
    )


async def _measured(
    names: Sequence[str], choice: Choice, chosen: ChosenProvider, screen: Screen
) -> list[Record]:
    """Run the benchmarks one after the other, and return the records of those that could be.

    Raises:
        SandboxUnavailable: Sandboxes are needed, and there are none.
    """
    from daytona_validate._bench.processes import NotMeasured
    from daytona_validate._bench.suite import BENCHES, IN_SANDBOXES, sandboxes_at_daytona
    from daytona_validate._errors import SandboxUnavailable

    if set(names) & set(IN_SANDBOXES):
        await chosen.refuse_if_hopeless()
        if not choice.is_local:
            count = sandboxes_at_daytona(choice, names)
            choice.say(f"this makes {count} sandboxes at {chosen.choice.name}, a second or so each")
    records = []
    for name in names:
        try:
            records.append(await BENCHES[name](choice))
        except (NotMeasured, SandboxUnavailable) as problem:
            screen.error(f"error: {name}: {problem}")
    return records


def _finish(
    records: Sequence[Record], *, screen: Screen, files: Mapping[str, ReportFile]
) -> ExitCode:
    """Show and write what was found, and return the exit code."""
    from daytona_validate._bench.record import failures
    from daytona_validate._bench.suite_output import as_json, as_rows, as_svg
    from daytona_validate._cli.screen.columns import columns

    for number, record in enumerate(records):
        how = f"medians of {record.repetitions}, in brackets least and greatest"
        between = "\n" if number else ""
        screen.result(f"{between}{record.question} ({how})\n{columns(as_rows(record))}")
    if (json_file := files.get("--json")) is not None:
        json_file.write(as_json(records))
        json_file.commit()
    if (svg_file := files.get("--svg")) is not None:
        if picture := as_svg(records):
            svg_file.write(picture)
            svg_file.commit()
        else:
            screen.error("--svg: of these there is nothing to draw")
    failed = sum(map(failures, records))
    if failed:
        screen.error(f"not as it must be: {failed}")
    return ExitCode.FAILED if failed else ExitCode.PASSED
