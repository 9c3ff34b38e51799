"""The record of Go."""

from __future__ import annotations

from daytona_validate._core.languages import go_errors
from daytona_validate._core.languages.go_fragment import go_fragment
from daytona_validate._core.languages.record import Command, Language
from daytona_validate._models import Stage

_COMPILE = ("sh", "/opt/go-snippet/compile", "main.go")

GO = Language(
    name="go",
    title="Go",
    aliases=("golang",),
    suffixes=(".go",),
    image="golang:1.21",
    entry_file="main.go",
    toolchain="go",
    steps=(
        Command(Stage.COMPILE, _COMPILE),
        Command(Stage.RUN, ("/tmp/go-build/exe/main",)),  # noqa: S108 - in the sandbox
    ),
    # What is missing at linking, such as a main function, is a mistake too.
    check=(Command(Stage.CHECK, _COMPILE),),
    diagnose=go_errors.diagnose,
    fragment=go_fragment,
)
