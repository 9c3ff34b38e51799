"""What `daytona-validate --help` says, as plain text.

click alone takes three times as long to import as Python takes to start, and whoever asks for
help waits for it. So the text is made here, without click, and the command group shows the
same one.
"""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "check": "Run the code of pages, data sets and source files, and report what fails.",
    "run": "Run one snippet in a fresh sandbox and show what it prints.",
    "languages": "List the languages and whether they can be used here.",
    "toolchains": "Install, list or prune the toolchains of the local sandboxes.",
    "doctor": "Show what works here, and try it on six known cases.",
    "snapshots": "Build, list or delete what Daytona's sandboxes start from.",
    "sweep": "Remove sandboxes that were left behind at Daytona.",
    "bench": "Measure what validations cost here, beside bare processes or Daytona's SDK.",
    "emulator": "Serve Daytona's API on this machine, over real sandboxes and without Docker.",
}
"""Each is the object of its name in the module or package of its name."""

_TEXT = """\
Usage: daytona-validate [OPTIONS] COMMAND [ARGS]...

  Run code snippets in fresh isolated sandboxes and tell whose fault a failure
  is.

Commands:
{commands}

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit; also after a command.

Examples:
  daytona-validate check lesson.md
  daytona-validate run lesson.md:137
  daytona-validate doctor

Exit codes: 0 all passed; 1 a snippet failed; 2 usage or configuration;
3 no verdict could be had; 5 nothing to run; 130 interrupted.
"""


def top_help() -> str:
    """Return the help of the whole program, its last line ended."""
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {text}" for name, text in COMMANDS.items())
    return _TEXT.format(commands="\n".join(lines))
