"""Entry point of the command line: `daytona-validate`, or `python -m daytona_validate`."""

from __future__ import annotations

import sys

from daytona_validate._cli.screen.streams import OutputLost, code_of_loss, prepare_streams


def main(given: object = None) -> None:
    """Run the command line and exit with its code.

    Args:
        given: A provider to use instead of the one that the settings name, for tests.
    """
    try:
        prepare_streams()
        _run(given)
    except KeyboardInterrupt:
        sys.exit(130)
    except OutputLost as lost:
        sys.exit(code_of_loss(lost))


def _run(given: object) -> None:
    if sys.argv[1:] in (["--help"], ["-h"]):
        from daytona_validate._cli.top_help import top_help  # noqa: PLC0415 - without click

        sys.stdout.write(top_help())
        sys.stdout.flush()
        return
    from daytona_validate._cli.program import program  # noqa: PLC0415 - Ctrl-C during it

    program(prog_name="daytona-validate", obj=given)


if __name__ == "__main__":
    main()
