"""The bodies of the toolbox's requests: what is to be run, read as the daemon reads it. Pure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.web.json_fields import INTEGER, TEXT, TEXT_LIST, TEXTS, checked

HOME = "/home/daytona"
"""The user's home, and where commands start unless they say otherwise."""

CHART_LINE = "dtn_artifact_k39fd2:"
"""What a line begins with that the daemon takes out of a code-run's output."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_INVALID = "INVALID_REQUEST_BODY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execute:
    """One command for the shell's stdin."""

    command: str
    cwd: str = HOME
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    timeout_s: int | None = None
    """None: it may take as long as it likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRun:
    """A program and what runs it."""

    code: str
    argv: tuple[str, ...]
    runner: str
    file_name: str
    environment: Mapping[str, str]
    timeout_s: int | None


RUNNERS: dict[str, tuple[str, str]] = {
    "python": ("main.py", "python3 -u -"),
    "javascript": ("main.js", "node -"),
    # There it is `npx ts-node -T`: types are stripped, not checked, as this does.
    "typescript": ("index.ts", "node -r /opt/typescript/hook.cjs index.ts"),
}
"""Language to the file that the code is put in and the command that runs it."""


def execute(body: object) -> Execute:
    """Return what the body of `process/execute` asks for.

    Raises:
        HttpRefusal: The body makes no sense (400).
    """
    fields = checked(
        body, {"command": TEXT, "cwd": TEXT, "envs": TEXTS, "timeout": INTEGER}, code=_INVALID
    )
    command = fields["command"]
    if not command or not command.strip():
        raise HttpRefusal(400, "command is required", code=_INVALID)
    return Execute(
        command=command,
        cwd=absolute(fields["cwd"] or HOME),
        environment=_environment(fields["envs"]),
        timeout_s=_timeout_s(fields["timeout"]),
    )


def code_run(body: object) -> CodeRun:
    """Return what the body of `process/code-run` asks for.

    Raises:
        HttpRefusal: The body makes no sense, or nothing runs its language (400).
    """
    kinds = {"code": TEXT, "language": TEXT, "argv": TEXT_LIST, "envs": TEXTS, "timeout": INTEGER}
    fields = checked(body, kinds, code=_INVALID)
    language = fields["language"] or ""
    if fields["code"] is None:
        raise HttpRefusal(400, "code is required", code=_INVALID)
    if language not in RUNNERS:
        raise HttpRefusal(400, f"unsupported language: {language}")
    file_name, runner = RUNNERS[language]
    return CodeRun(
        code=fields["code"],
        argv=tuple(fields["argv"] or ()),
        runner=runner,
        file_name=file_name,
        environment=_environment(fields["envs"]),
        timeout_s=_timeout_s(fields["timeout"]),
    )


def code_command(run: CodeRun, *, folder: str) -> Execute:
    """Return the command that runs a program whose code is in a folder of its own.

    Its arguments are joined with blanks and not quoted, as the daemon does it.
    """
    line = " ".join((run.runner, *run.argv))
    source = "" if run.file_name.endswith(".ts") else f" <{folder}/{run.file_name}"
    step = f"cd {folder} && " if run.file_name.endswith(".ts") else ""
    return Execute(
        command=f"{step}{line}{source}\nstatus=$?; rm -rf {folder}; exit $status\n",
        environment=run.environment,
        timeout_s=run.timeout_s,
    )


def without_charts(output: str) -> str:
    """Return a code-run's output without the lines that are for the daemon."""
    lines = output.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(CHART_LINE))


def text(output: bytes) -> str:
    """Return bytes as the text that Go's JSON makes of them: U+FFFD for every byte that is none."""
    return output.decode("utf-8", _EACH_BYTE)


def absolute(path: str) -> str:
    """Return a path in the sandbox; relative ones start at the home."""
    return path if path.startswith("/") else f"{HOME}/{path}"


def _environment(envs: Mapping[str, str] | None) -> Mapping[str, str]:
    for name in envs or {}:
        if _NAME.fullmatch(name) is None:
            raise HttpRefusal(400, f"invalid environment variable name: {name!r}")
    return envs or {}


def _timeout_s(timeout: int | None) -> int | None:
    if timeout is not None and timeout < 0:
        raise HttpRefusal(400, "timeout must not be negative", code=_INVALID)
    return timeout or None


def _each_byte(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - nothing is encoded with it
    return "\N{REPLACEMENT CHARACTER}" * (error.end - error.start), error.end


_EACH_BYTE = "daytona_validate.each_byte"
codecs.register_error(_EACH_BYTE, _each_byte)
