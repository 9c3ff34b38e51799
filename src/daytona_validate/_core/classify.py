"""Classification: from an execution to an outcome, a fault and one line of details.

It errs towards the snippet: what it cannot recognize for certain is a `runtime_error`, never a
missing dependency or a fragment, for those would excuse a program that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from daytona_validate._core.cause_text import COMMON_EXIT_CODE, cause_text
from daytona_validate._core.compare_kept_output import kept_difference, uncertain
from daytona_validate._core.comparison import LINES, comparison
from daytona_validate._core.details import (
    check_details,
    failure_details,
    fragment_details,
    listening_details,
    success_details,
    tests_details,
    unavailable_details,
)
from daytona_validate._core.failure_hints import BYTE_ORDER_MARK, fence_hint, file_hint, is_markdown
from daytona_validate._core.includes import is_include
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.diagnosis import COMPILER_REPORT, Diagnosis, Ending
from daytona_validate._core.languages.language import Language
from daytona_validate._core.limits import limit_text
from daytona_validate._core.listening import listening_advice, split_listening
from daytona_validate._core.missing import missing
from daytona_validate._core.missing_dependency import as_told, is_lacking, lacking_advice, on_page
from daytona_validate._core.outcomes import Verdict, outcome_row
from daytona_validate._core.output_cap import kept_text
from daytona_validate._core.printable import ONE_LINE_CHARACTERS, one_line
from daytona_validate._core.results import execution_time_s
from daytona_validate._core.set_up_failure import set_up_failure
from daytona_validate._core.tests_account import CountedTests, split_account
from daytona_validate._models import (
    Caveat,
    Execution,
    Fault,
    Limit,
    Limits,
    Outcome,
    Reason,
    Snippet,
    Stage,
    Step,
)

_NOT_STARTED = frozenset({126, 127})
"""With what a shell ends if the last command cannot be executed, or is not there."""


@dataclass(frozen=True, slots=True)
class _RunToJudge:
    """Input of the classification: an execution, and the snippet and limits it was run with."""

    execution: Execution
    snippet: Snippet
    language: Language
    limits: Limits
    step: Step
    """The last step: the only one that can have failed."""
    output: str
    error: str
    account: CountedTests | None
    """The counts of the test runner; None if the snippet was run as a program."""
    port: str | None
    """Of a server that was ended because it listens; None: it ended by itself."""

    @property
    def stage(self) -> Stage:
        """The stage of a failure; a check that fails found what a compiler would."""
        return Stage.COMPILE if self.step.stage is Stage.CHECK else self.step.stage


def _run_to_judge(execution: Execution, job: Job) -> _RunToJudge:
    step, snippet = execution.steps[-1], job.snippet
    output = kept_text(step.stdout, step.lost_stdout_bytes)
    text = kept_text(step.stderr, step.lost_stderr_bytes)
    text, port = split_listening(text, snippet)
    error, account = split_account(text, snippet)
    return _RunToJudge(
        execution, snippet, job.language, job.limits, step, output, error, account, port
    )


def classify(execution: Execution, job: Job) -> Verdict:
    """Return the verdict on an execution.

    Args:
        execution: What ran.
        job: What was to run, and under which limits.
    """
    run = _run_to_judge(execution, job)
    step = run.step
    is_done = step.exit_code == 0 and step.signal is None and step.limit is None
    if step.stage is Stage.SETUP or _has_no_compiler(run):
        return _not_set_up(run)
    if step.limit is not None:
        return _limited(run, step.limit)
    return _judged_by_output(run) if is_done else _judged_by_error(run)


def _has_no_compiler(run: _RunToJudge) -> bool:
    """Return whether the compiler could not be started; no program causes these exit codes."""
    step = run.step
    return run.stage is Stage.COMPILE and step.limit is None and step.exit_code in _NOT_STARTED


def _not_set_up(run: _RunToJudge) -> Verdict:
    """Judge a run whose set-up failed before the snippet: never the snippet's fault."""
    why = set_up_failure(run.step, run.error, run.limits)
    details = unavailable_details(f"the sandbox could not be set up: {why}")
    verdict = _verdict(run, Outcome.UNAVAILABLE, Stage.SETUP, details, output="")
    return replace(verdict, error=None, reason=Reason.SETUP_FAILED)


def _limited(run: _RunToJudge, limit: Limit) -> Verdict:
    """Judge a program that exceeded a limit.

    A program that was refused a thread may wait for its other threads until its time is up. Where
    no control group counts refused threads, its error output tells; a program that feigns such
    output only changes which limit it exceeded.
    """
    words = _ending(run, exit_code=COMMON_EXIT_CODE) if limit is Limit.TIMEOUT else None
    diagnosis = None if words is None else run.language.diagnose(words)
    if diagnosis is not None and diagnosis.limit is Limit.PROCESSES:
        text = limit_text(Limit.PROCESSES, run.stage, run.limits)
        cause = f"{text} exceeded: {_cause(run, diagnosis)}"
        return _failed(run, Outcome.PROCESS_LIMIT, cause)
    is_serving = limit is Limit.TIMEOUT and run.stage is Stage.RUN
    if is_serving and run.port is not None:
        return _judged_by_output(run)
    advice = listening_advice(run.snippet, run.language.name) if is_serving else ""
    cause = f"{limit_text(limit, run.stage, run.limits)} exceeded"
    return _failed(run, Outcome(limit), cause, advice)


def _judged_by_output(run: _RunToJudge) -> Verdict:
    """Judge a program that exited with code 0, or served: its stderr is not held against it."""
    elapsed_s = execution_time_s(run.execution)
    if run.step.stage is not Stage.RUN:
        return _verdict(run, Outcome.PASSED, run.step.stage, check_details(elapsed_s))
    if run.account is not None:
        return _passed_tests(run, run.account)
    if run.snippet.expected_output is not None:
        how = comparison(run.snippet.compare) or LINES  # intake lets no other through
        found = kept_difference(run.step, run.snippet.expected_output, how)
        if found is not None:
            details = failure_details(found.cause)
            error = "\n".join(text for text in (run.error, found.diff) if text)
            return _verdict(run, Outcome.WRONG_OUTPUT, Stage.CHECK, details, error=error)
        reason = uncertain(run.step)
        if reason is not None:
            details = unavailable_details(reason)
            verdict = _verdict(run, Outcome.UNAVAILABLE, Stage.RUN, details)
            return replace(verdict, reason=Reason.OUTPUT_LOST)
    caveat, cause = _caveat(run)
    details = success_details(elapsed_s, caveat, cause) + listening_details(run.port)
    return _verdict(run, Outcome.PASSED, Stage.RUN, details, caveat=caveat)


def _passed_tests(run: _RunToJudge, account: CountedTests) -> Verdict:
    details = tests_details(execution_time_s(run.execution), account)
    caveat = None if account.has_run else Caveat.TESTS_NOT_RUN
    return _verdict(run, Outcome.PASSED, Stage.RUN, details, caveat=caveat)


def _caveat(run: _RunToJudge) -> tuple[Caveat | None, str]:
    """Return the warning on a program that passed, and the cause of it."""
    language = run.language
    words = _ending(run, exit_code=0)
    failed = language.find_ignored_failures(words)
    if failed is not None:
        return Caveat.TESTS_FAILED, _cause(run, failed)
    return language.unrun_tests(words), ""


def _judged_by_error(run: _RunToJudge) -> Verdict:
    """Judge a failed program by the last error message of its runtime or compiler."""
    diagnosis = run.language.diagnose(_ending(run, exit_code=run.step.exit_code))
    diagnosis = as_told(diagnosis, run.snippet)
    lacks = missing(diagnosis, run.language, is_compiler=run.stage is Stage.COMPILE)
    if run.snippet.is_block:
        diagnosis = on_page(diagnosis, lacks)
        if lacks is not None and _only_declares(run, lacks.name):
            details = fragment_details(f"it type-checks, and only declares {lacks.name}")
            return _verdict(run, Outcome.NOT_RUNNABLE, run.stage, details)
    line = None if diagnosis is None else diagnosis.line
    return replace(_judged_by_diagnosis(run, diagnosis), error_line=line, missing=lacks)


def _only_declares(run: _RunToJudge, name: str) -> bool:
    codes = (*run.snippet.earlier, run.snippet.code)
    is_run = run.stage is Stage.RUN
    return is_run and any(run.language.only_declares(code, name) for code in codes)


def _judged_by_diagnosis(run: _RunToJudge, diagnosis: Diagnosis | None) -> Verdict:
    cause = _cause(run, diagnosis)
    if diagnosis is not None and diagnosis.limit is not None:
        limit = limit_text(diagnosis.limit, run.stage, run.limits)
        return _failed(run, Outcome(diagnosis.limit), f"{limit} exceeded: {cause}")
    is_rejected = diagnosis is not None and diagnosis.is_rejection
    if run.stage is Stage.COMPILE or is_rejected or _stands_at_include(run, diagnosis):
        return _rejected(run, diagnosis)
    if diagnosis is None:
        return _failed(run, Outcome.RUNTIME_ERROR, cause)
    if is_lacking(diagnosis, run.snippet, run.language):
        return _failed(
            run, Outcome.MISSING_DEPENDENCY, cause, lacking_advice(diagnosis, run.language)
        )
    return _failed(run, Outcome.RUNTIME_ERROR, cause)


def _ending(run: _RunToJudge, *, exit_code: int | None) -> Ending:
    is_compiler = run.stage is Stage.COMPILE
    return Ending(
        text=_both_streams(run) if is_compiler else run.error,
        entry_file=run.language.entry_file,
        exit_code=exit_code,
        signal=run.step.signal,
        has_output=not is_compiler and bool(run.step.stdout),
        output=run.output,
        is_compiler=is_compiler,
        code=run.snippet.code,
    )


def _both_streams(run: _RunToJudge) -> str:
    """Return what a compiler wrote for people."""
    lines = run.output.split("\n")
    output = "\n".join(each for each in lines if not each.startswith(COMPILER_REPORT))
    return "\n".join(text.rstrip("\n") for text in (output, run.error) if text.strip())


def _rejected(run: _RunToJudge, diagnosis: Diagnosis | None) -> Verdict:
    """Judge code that was rejected before it ran: a compile error, or a fragment."""
    diagnostics = _both_streams(run)
    outcome, details = Outcome.COMPILE_ERROR, failure_details(_cause(run, diagnosis))
    reason = _fragment(run, diagnosis)
    if reason is not None:
        outcome, details = Outcome.NOT_RUNNABLE, fragment_details(reason)
    elif diagnosis is not None and is_lacking(diagnosis, run.snippet, run.language):
        outcome = Outcome.MISSING_DEPENDENCY
        details = failure_details(_cause(run, diagnosis), lacking_advice(diagnosis, run.language))
    return _verdict(run, outcome, Stage.COMPILE, details, output="", error=diagnostics)


def _stands_at_include(run: _RunToJudge, diagnosis: Diagnosis | None) -> bool:
    """Return whether a program failed at a line that the page's builder replaces."""
    lines = run.snippet.code.split("\n")
    number = 0 if diagnosis is None else diagnosis.line or 0
    is_in_code = run.snippet.is_block and 0 < number <= len(lines)
    return is_in_code and is_include(lines[number - 1])


def _fragment(run: _RunToJudge, diagnosis: Diagnosis | None) -> str | None:
    if _stands_at_include(run, diagnosis):
        return "the block includes a file that only its page's builder inserts"
    if diagnosis is None or run.language.fragment is None or is_markdown(run.snippet.code):
        return None
    return run.language.fragment(run.snippet.code.removeprefix(BYTE_ORDER_MARK), diagnosis)


def _failed(run: _RunToJudge, outcome: Outcome, cause: str, advice: str = "") -> Verdict:
    return _verdict(run, outcome, run.stage, failure_details(cause, advice))


def _verdict(
    run: _RunToJudge,
    outcome: Outcome,
    stage: Stage,
    details: str,
    *,
    output: str | None = None,
    error: str | None = None,
    caveat: Caveat | None = None,
) -> Verdict:
    fault = outcome_row(outcome).fault
    if fault is Fault.SNIPPET:
        hint = file_hint(run.snippet, run.language, details) or fence_hint(run.snippet.code)
        details = one_line(details, ONE_LINE_CHARACTERS - len(hint)) + hint
    return Verdict(
        outcome=outcome,
        fault=fault,
        stage=stage,
        details=details,
        output=run.output if output is None else output,
        error=(run.error if error is None else error) or None,
        caveat=caveat,
    )


def _cause(run: _RunToJudge, diagnosis: Diagnosis | None) -> str:
    return cause_text(diagnosis, step=run.step, snippet=run.snippet, output=run.output)
