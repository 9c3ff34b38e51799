"""Entry point of the command line: `daytona-validate`, or `python -m daytona_validate`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--help"], ["-h"]):
        from daytona_validate._cli.top_help import top_help  # noqa: PLC0415 - without click

        sys.stdout.write(top_help())
        return
    try:
        from daytona_validate._cli.program import program  # noqa: PLC0415 - Ctrl-C during it

        program(prog_name="daytona-validate")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
