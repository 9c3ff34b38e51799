"""Decides what fails a run of `check`: all failures, or those that no option excuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daytona_validate._cli.exit_codes import ExitCode, code_of_outcomes, code_of_result
from daytona_validate._cli.gate_options import GateRules
from daytona_validate._cli.report_file import ReportFile
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.baseline import (
    BaselineRun,
    BrokenBaseline,
    KnownFailure,
    baseline_of,
    baseline_text,
)
from daytona_validate._core.reported import Reported
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Outcome

_OPTION = "--baseline"
_PLACES_SHOWN = 20


class FailureGate:
    """Gate of a run: which of its results count as failures.

    Args:
        rules: The options.
        is_strict: Whether fragments are failures.
        known: The baseline.
        file: Where the run's own baseline goes; None: nowhere.
    """

    def __init__(
        self,
        rules: GateRules,
        *,
        is_strict: bool,
        known: tuple[KnownFailure, ...] = (),
        file: ReportFile | None = None,
    ) -> None:
        self._rules = rules
        self._is_strict = is_strict
        self._file = file
        self._run = BaselineRun(known)
        self._outcomes: set[Outcome] = set()
        self._new: list[str] = []

    def add(self, reported: Reported) -> bool:
        """Take a result, and return whether the run fails by it."""
        result = reported.result
        code = code_of_result(result, is_strict=self._is_strict)
        is_excused = result.outcome.value in self._rules.no_fail_on
        has_failed = code is ExitCode.FAILED and not is_excused
        is_known = self._run.add(reported, has_failed=has_failed)
        if has_failed and not is_known and len(self._new) <= _PLACES_SHOWN:
            self._new.append(f"{reported.place} {result.outcome.value}")
        is_excused = is_excused or (has_failed and (is_known or self._file is not None))
        self._outcomes.add(Outcome.PASSED if is_excused else result.outcome)
        return code is not ExitCode.PASSED and not is_excused

    def exit_code(self) -> ExitCode:
        """Return the exit code of the whole run."""
        return code_of_outcomes(self._outcomes, is_strict=self._is_strict)

    def end(self, screen: Screen, *, is_whole: bool) -> None:
        """Say what the baseline says of the run, or record it there; what is not whole is not."""
        if self._rules.baseline is None:
            return
        if self._file is None:
            self._say(screen)
        elif is_whole:
            failures = self._run.recorded()
            self._file.write(baseline_text(failures))
            self._file.commit()
            count = sum(each.count for each in failures)
            plural = "" if count == 1 else "s"
            screen.note(f"baseline: {count} failure{plural} recorded in {self._rules.baseline}")

    def _say(self, screen: Screen) -> None:
        account = self._run.account()
        for place in self._new[:_PLACES_SHOWN]:
            screen.note(f"new: {place}")
        if account.new > _PLACES_SHOWN:
            screen.note(f"new: … {account.new - _PLACES_SHOWN} more")
        said = f"baseline: {account.known} known, {account.new} new, {account.fixed} fixed"
        if self._rules.is_part:  # what it left out may be there, and no part is recorded
            screen.note(said)
            return
        advice = "; --update-baseline takes them out" if account.fixed or account.gone else ""
        screen.note(f"{said}, {account.gone} not met in this run{advice}")


@contextmanager
def failure_gate(rules: GateRules, *, is_strict: bool) -> Iterator[FailureGate]:
    """Hold the gate of a run.

    Raises:
        ConfigurationError: The baseline cannot be read or written; the caller's fault.
    """
    if rules.baseline is None:
        yield FailureGate(rules, is_strict=is_strict)
        return
    known = _read(rules.baseline, is_needed=not rules.updates_baseline)
    file = ReportFile(rules.baseline, option=_OPTION) if rules.updates_baseline else None
    try:
        yield FailureGate(rules, is_strict=is_strict, known=known, file=file)
    finally:
        if file is not None:
            file.discard()


def _read(path: Path, *, is_needed: bool) -> tuple[KnownFailure, ...]:
    try:
        return baseline_of(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not is_needed:
            return ()
        raise ConfigurationError(
            f"{_OPTION}: {path} is not there; --update-baseline records it"
        ) from error
    except (BrokenBaseline, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{_OPTION}: {path} cannot be read: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{_OPTION}: cannot read {path}: {error.strerror}") from error
