"""What can become of a snippet, as closed lists of words."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """Classification of a result: what became of the snippet."""

    PASSED = "passed"
    SKIPPED = "skipped"
    NOT_RUNNABLE = "not_runnable"
    CANCELLED = "cancelled"
    COMPILE_ERROR = "compile_error"
    RUNTIME_ERROR = "runtime_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    PROCESS_LIMIT = "process_limit"
    DISK_LIMIT = "disk_limit"
    WRONG_OUTPUT = "wrong_output"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    INVALID_SNIPPET = "invalid_snippet"
    MISSING_DEPENDENCY = "missing_dependency"
    UNAVAILABLE = "unavailable"


Status = Literal["Success", "Failure"]
"""The two words of this project's first users; `Success` where the outcome is `passed`."""


class Fault(StrEnum):
    """Who has to act: nobody, the snippet's author, who set up the host, or who operates it."""

    NONE = "none"
    SNIPPET = "snippet"
    ENVIRONMENT = "environment"
    INFRASTRUCTURE = "infrastructure"


class Caveat(StrEnum):
    """Warning on a snippet that passed: what its pass does not prove."""

    TESTS_NOT_RUN = "tests_not_run"
    """The code defines tests, and nothing ran them."""
    TESTS_CUT_OFF = "tests_cut_off"
    """The code hands tests to a runner, and exited before the runner had reported."""
    TESTS_FAILED = "tests_failed"
    """The code ran tests that failed, by its own report, and exited with code 0 all the same."""


class Stage(StrEnum):
    """Phase of a run: the last one that a snippet reached, or of a step: what it does."""

    SETUP = "setup"
    COMPILE = "compile"
    RUN = "run"
    CHECK = "check"
    """Of a step: the code is checked and not run. Of a result: its output was
    compared and differs; the stage of one that does not is `RUN`."""


Network = Literal["blocked", "blocked, daemon open", "organization"]
"""What a program had of the network: none, or what the organization gives its sandboxes.

`blocked, daemon open`: none, but it could reach Daytona's daemon in its own sandbox, which asks for
no key and runs commands without limits: a program that means harm could forge its result.
"""


class MissingKind(StrEnum):
    """Kind of what a program lacked, as far as its own error tells."""

    NAME = "name"
    """A variable, function or class that nothing defines."""
    TYPE = "type"
    """A type that nothing declares."""
    MODULE = "module"
    """A module or package."""
    TABLE = "table"
    """A table, view, column, schema or function of a database."""
    FILE = "file"
    """A file or folder."""
    BROWSER = "browser"
    """What only a browser has, such as `document`."""
    SERVER = "server"
    """A service that nobody answers for, such as one behind an address."""


class Limit(StrEnum):
    """Resource limit that ended a step, named after the outcome it leads to."""

    TIMEOUT = "timeout"
    MEMORY = "memory_limit"
    OUTPUT = "output_limit"
    PROCESSES = "process_limit"
    DISK = "disk_limit"
