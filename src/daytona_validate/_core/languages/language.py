"""The language record: everything that is particular to one language, as one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from daytona_validate._core.languages.diagnosis import Diagnose, Diagnosis, Ending, last_line
from daytona_validate._core.languages.missing_patterns import MissingPatterns
from daytona_validate._core.reached_end import is_asked
from daytona_validate._core.tests_account import SEAL, seal
from daytona_validate._models import Caveat, Limits, Snippet, Stage


def utf_8(_content: bytes) -> str:
    """Return the encoding of languages whose files cannot name another."""
    return "utf-8"


def no_ignored_failures(_ending: Ending) -> Diagnosis | None:
    """Return None, for languages whose failed tests end the program."""
    return None


def makes_all(_code: str, _name: str) -> bool:
    """Return False, for languages whose code makes all that it declares."""
    return False


def no_variables(_snippet: Snippet) -> tuple[str, ...]:
    """Return none, for languages whose programs all have the same environment."""
    return ()


def no_unrun_tests(_ending: Ending) -> Caveat | None:
    """Return None, for languages whose tests cannot be recognized."""
    return None


@dataclass(frozen=True, slots=True)
class Command:
    """Command line of one process on behalf of a snippet, found on the sandbox's PATH."""

    stage: Stage
    argv: tuple[str, ...]
    """`{memory_mib}` in it stands for the snippet's memory limit; see `argv_within`."""

    def argv_within(self, limits: Limits) -> tuple[str, ...]:
        """Return the command line under some limits."""
        return tuple(each.replace("{memory_mib}", str(limits.memory_mib)) for each in self.argv)

    def with_variables(self, variables: tuple[str, ...]) -> Command:
        """Return the same with more variables, if it is what runs the program."""
        if not variables or self.stage is not Stage.RUN:
            return self
        return replace(self, argv=("env", *variables, *self.argv))

    def sealed(self, snippet: Snippet) -> Command:
        """Return the same with the snippet's seal, for what is ours and has to show it."""
        if not any(SEAL in each for each in self.argv):
            return self
        return replace(self, argv=tuple(each.replace(SEAL, seal(snippet)) for each in self.argv))


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Language descriptor: names, files, commands and error parser of one language."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Suffixes of source files, with the dot."""
    image: str
    """The container image that defines its reference version; its tag is as precise as meant."""
    pulled_as: str = ""
    """The image's name in the registry, where that is another one than `image`."""
    entry_file: str
    file_encoding: Callable[[bytes], str] = utf_8
    """From the bytes of a source file to the encoding that it names itself."""
    toolchain: str
    """The local toolchain that holds its commands."""
    parts: Callable[[Mapping[str, bytes]], frozenset[str]] | None = None
    """From the files of a work folder to the parts of the toolchain's library that they may need,
    among names that are none; None: it has no library that is made in parts."""
    steps: tuple[Command, ...]
    """Run one after the other in one sandbox, each only if the one before it ended well. The
    last is the program: it gets stdin and the snippet's own arguments. What a step leaves
    running lives until the last has ended, so that a step of `Stage.SETUP` may start a server.
    """
    test_steps: tuple[Command, ...] = ()
    """The same where the snippet's tests are to be run; they run the program if it has none. Empty
    where the steps run tests as they are, or nothing runs any."""
    session_steps: tuple[Command, ...] = ()
    """The same for a snippet with earlier code, all in one session; the last is a driver, which
    keeps to the protocol in `_core/sessions.py`. Empty: the language has no sessions."""
    session_code: str = ""
    """The entry file's name in errors of a session, where the driver gives it another."""
    end_steps: tuple[Command, ...] = ()
    """The same for a snippet that must reach its end: something of ours in them reads the secret
    and says when it was reached, as `_core/reached_end.py` has it. So does the driver of sessions.
    Empty: that cannot be told."""
    own_ending: re.Pattern[str] | None = None
    """Found in code that ends its program itself, so that its end is not reached; None: no code."""
    find_ignored_failures: Diagnose = no_ignored_failures
    """Reads the first test that failed, from the report of a program that ended well."""
    check: tuple[Command, ...] = ()
    """As `steps`, for checking without running; empty where that cannot be had."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    variables: Callable[[Snippet], tuple[str, ...]] = no_variables
    """`NAME=value` for the program of a snippet, beside or in place of those in `environment`."""
    reserved_mib: int = 0
    """Memory in MiB that the runtime reserves and mostly leaves alone. Where no cgroup counts
    what is used, a process is bounded by what it reserves, and may reserve that much more."""
    diagnose: Diagnose = last_line
    """Reads what its runtime or compiler wrote when a program failed."""
    missing_patterns: MissingPatterns = ()
    """Tell what a program lacked, by the message of the error that ended it."""
    fragment: Callable[[str, Diagnosis], str | None] | None = None
    """From code and diagnosis of a rejected program: what it is instead of one, or None."""
    only_declares: Callable[[str, str], bool] = makes_all
    """Whether code only declares something of a name, so that a block with it is not to be run."""
    unrun_tests: Callable[[Ending], Caveat | None] = no_unrun_tests
    """Whether code that passed defines tests that did not run, or not to their end."""
    standard_modules: frozenset[str] = frozenset()
    """Modules that are never a missing dependency."""
    optional_stdlib: frozenset[str] = frozenset()
    """Modules that come with the language, or not at all: no package brings them."""

    def commands(self, snippet: Snippet, *, until: Stage) -> tuple[Command, ...]:
        """Return the commands that run a snippet or, where the language has a check, check it."""
        if until is Stage.CHECK and self.check:
            return self.check
        steps = self._steps(snippet)
        variables = self.variables(snippet)
        return tuple(each.with_variables(variables).sealed(snippet) for each in steps)

    def _steps(self, snippet: Snippet) -> tuple[Command, ...]:
        if snippet.earlier and self.session_steps:
            return self.session_steps
        if is_asked(snippet):
            return self.end_steps
        if snippet.run_tests and self.test_steps:
            return self.test_steps
        return self.steps
