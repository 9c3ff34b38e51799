"""One run of `check`, from its options to the exit code."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from functools import partial

from anyio import to_thread

from daytona_validate._cli.check.check_choice import CheckChoice, stdin_of
from daytona_validate._cli.check.failure_gate import FailureGate, failure_gate
from daytona_validate._cli.check.known_answers import Proof, may_be_answered
from daytona_validate._cli.check.last_failed import RunMemory
from daytona_validate._cli.check.nothing_found import nothing_found
from daytona_validate._cli.check.page_updates import PageUpdates
from daytona_validate._cli.check.report_set import ReportSet, report_set
from daytona_validate._cli.check.resumption import FormerRun, Resumption
from daytona_validate._cli.chosen_provider import ChosenProvider, chosen_provider
from daytona_validate._cli.exit_codes import ExitCode, Interrupted
from daytona_validate._cli.screen.colours import has_colours
from daytona_validate._cli.screen.interrupt import run_until_interrupted
from daytona_validate._cli.screen.links import link_base
from daytona_validate._cli.screen.log_on_screen import log_on
from daytona_validate._cli.screen.progress import (
    Display,
    Lines,
    ProgressCounts,
    ProgressStyle,
    counting,
    progress_style,
    ticking,
)
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.causes import CauseTally
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._core.version_drift import drift_line
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.collect import Collection
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.input_fingerprint import input_fingerprint
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._reports.formats import FORMATS, ReportFormat, text_format

EXPLAINED_PLACES = 10_000
"""Of each cause, under `--explain`."""


def run(choice: CheckChoice, *, given: SandboxProvider | None) -> int:
    """Run the snippets that the options select; return the exit code.

    Args:
        choice: The options.
        given: A provider to use instead of the one that the options name.

    Raises:
        ConfigurationError: An option or a path is wrong; the caller's fault.
        SandboxUnavailable: No snippet at all could be run here; the message says why.
    """
    choice.former.check(choice.paths, is_list=False)
    # Before a report is opened: it may be that file, or stand where a killed run left it.
    former = FormerRun(choice.former.resume) if choice.former.resume else None
    screen = Screen(is_quiet=choice.is_quiet)
    with (
        log_on(screen),
        stdin_of(choice.paths) as stdin,
        report_set(
            shown_format(choice),
            choice.targets,
            screen,
            formats=FORMATS | {"text": text_format(choice.text_style())},
            has_end=not choice.is_quiet,
        ) as reports,
        failure_gate(choice.gate, is_strict=choice.strict) as gate,
    ):
        collection = choice.collection(stdin)
        chosen = chosen_provider(
            choice.provider,
            env_file=choice.env_file,
            sends=choice.sent_paths(),
            given=given,
            screen=screen,
            snippets_per_sandbox=choice.snippets_per_sandbox,
            fast_python=choice.fast_python,
            packages=choice.packages,
            courses=choice.paths,
        )
        memory = RunMemory(choice, chosen.settings, screen)
        choice = memory.choice()
        name = chosen.provider.name
        rules = choice.rules.at(is_local=chosen.is_local)
        resumption = Resumption(former, choice, rules=rules, provider=name, screen=screen)
        check_run = _CheckRun(choice, screen, reports, gate, memory=memory, resumption=resumption)
        exit_code = check_run.work(chosen, collection)
    note_unread(collection, screen, is_in_report=choice.output_format == "text")
    return exit_code


def shown_format(choice: CheckChoice) -> ReportFormat:
    """Return the format of stdout: the text report is in colours where a terminal shows it."""
    if choice.output_format != "text":
        return FORMATS[choice.output_format]
    is_terminal = sys.stdout.isatty()
    is_coloured = has_colours(is_terminal=is_terminal, environ=os.environ)
    base = link_base(
        _working_folder(), is_terminal=is_terminal, environ=os.environ, host=socket.gethostname()
    )
    return text_format(choice.text_style(is_coloured=is_coloured, link_base=base))


def _working_folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109 - a text is all that is asked for
    except OSError:  # it is gone
        return None


class _CheckRun:
    """One run of `check`: the results so far, its progress display and its reports."""

    def __init__(
        self,
        choice: CheckChoice,
        screen: Screen,
        reports: ReportSet,
        gate: FailureGate,
        *,
        memory: RunMemory,
        resumption: Resumption,
    ) -> None:
        self._choice = choice
        self._gate = gate
        self._memory = memory
        self._resumption = resumption
        self._updates = PageUpdates(
            is_wanted=choice.updates_outputs, paths=choice.paths, reading=choice.reading
        )
        self._has_failed = False
        self._is_called_off = False
        """Whether snippets were cancelled, as their environment is broken."""
        self._screen = screen
        self._reports = reports
        self._tally = Tally()
        self._causes = CauseTally(*([EXPLAINED_PLACES] if choice.explains else []))
        self._counts = ProgressCounts()
        self._runtimes: dict[str, str] = {}
        self._proof: Proof | None = None

    def work(self, chosen: ChosenProvider, collection: Collection) -> int:
        """Validate all snippets, or those before an interruption; return the exit code."""
        started_s = time.monotonic()
        interrupted: Interrupted | None = None
        with self._progress():
            try:
                run_until_interrupted(
                    partial(self._validate, chosen, collection), say=self._screen.error
                )
            except Interrupted as error:
                interrupted = error
        elapsed_s = time.monotonic() - started_s
        summary = self._tally.summary(
            elapsed_s,
            not_read=collection.not_read(),
            sandboxes=chosen.account(),
            causes=self._causes.causes(),
            is_whole=interrupted is None,
        )
        self._reports.end(summary)
        self._note_drift()
        self._updates.write(self._screen)
        is_whole = interrupted is None and not self._is_called_off
        self._gate.end(self._screen, is_whole=is_whole)
        self._memory.record(is_whole=is_whole)
        if interrupted is None:
            return self._exit_code(is_told=bool(summary.total.count or summary.not_read.counts))
        kept = "; the report files say so" if self._choice.targets else ""
        self._screen.error(f"interrupted after {self._counts.text()}{kept}")
        return interrupted.exit_code

    async def _validate(self, chosen: ChosenProvider, collection: Collection) -> None:
        """Take over what a former run has; validate the rest."""
        async with aclosing(self._resumption.results()) as taken_over:
            async for course, result in taken_over:
                await self._add(course, result)
        settings = self._choice.former.settings(chosen.settings)
        listener = self._screen if self._choice.is_verbose else None
        self._proof = Proof(chosen.refuse_if_hopeless)
        async with chosen.validator(
            concurrency=self._choice.concurrency, settings=settings
        ) as validator:
            if not await may_be_answered(chosen, settings, listener):
                await self._proof.give()
            with ticking(self._screen.display):
                await run_course(
                    self._choice.selection.with_options(self._choice.selection.counted(collection)),
                    validator=validator,
                    is_wanted=self._choice.selection.has,
                    is_settled=self._resumption.is_settled,
                    rules=self._choice.rules.at(is_local=chosen.is_local),
                    on_note=self._screen.note,
                    on_result=self._add,
                    is_last=lambda _: self._is_last(),
                )

    def _note_drift(self) -> None:
        drift = drift_line(self._runtimes)
        if drift is not None:
            self._screen.note(drift)

    def _exit_code(self, *, is_told: bool) -> ExitCode:
        code = self._gate.exit_code()
        if self._is_called_off and code is not ExitCode.FAILED:  # whatever --no-fail-on says
            return ExitCode.UNAVAILABLE
        selection = self._choice.selection
        if selection.changed is not None or selection.last_run is not None:
            return ExitCode.PASSED if code is ExitCode.NOTHING_RAN else code
        if not is_told:
            self._screen.note(nothing_found(self._choice.paths, selection.languages))
        return code

    async def _add(self, course: CourseSnippet, result: CodeValidationResult) -> None:
        if self._proof is not None:
            await self._proof.heed(result)
        self._updates.add(course, result)
        self._tally.add(result)
        self._counts.add(result)
        if result.runtime is not None:
            self._runtimes.setdefault(result.language, result.runtime)
        reported = Reported(
            result=result,
            code=course.page_code,
            code_line=course.code_line,
            section=course.section,
            is_block=course.page is not None,
            input_fingerprint=input_fingerprint(course),
            page_fingerprint=course.page_fingerprint,
        )
        self._has_failed = self._gate.add(reported)
        if result.outcome is Outcome.CANCELLED:
            self._is_called_off = True
        else:  # what did not run is neither right nor wrong for the next run
            self._memory.add(course, reported, has_failed=self._has_failed)
        reported = replace(reported, fails_run=self._has_failed)
        self._causes.add(reported)
        self._reports.add(reported)
        if self._reports.has_unsaved:
            await to_thread.run_sync(self._reports.save)

    def _is_last(self) -> bool:
        is_last = self._choice.fail_fast and self._has_failed
        if is_last:
            self._screen.note("stopped at the first failure (--fail-fast)")
        return is_last

    @contextmanager
    def _progress(self) -> Iterator[None]:
        """Show progress, and count the snippets in a background thread where that is possible."""
        style = progress_style(
            self._choice.progress, is_terminal=sys.stderr.isatty(), environ=os.environ
        )
        self._screen.display = _display(style, self._counts)
        if style is ProgressStyle.NONE or not self._choice.can_be_read_twice():
            yield
            return
        with counting(self._everything, self._counts):
            yield

    def _everything(self) -> Iterator[object]:
        if self._choice.selection.last_run is not None:
            return self._resumption.wanted()
        return self._choice.selection.of(self._choice.collection(None))


def note_unread(collection: Collection, screen: Screen, *, is_in_report: bool) -> None:
    """Note on stderr what was not read."""
    for line in () if is_in_report else collection.not_read().lines():
        screen.note(line)


def _display(style: ProgressStyle, counts: ProgressCounts) -> Display:
    """Return the progress display of a style, on stderr."""
    if style is ProgressStyle.NONE:
        return Display()
    if style is ProgressStyle.LINES:
        return Lines(counts, sys.stderr)
    from daytona_validate._cli.screen.progress_bar import Bar  # it loads rich's widgets

    return Bar(counts, sys.stderr)
