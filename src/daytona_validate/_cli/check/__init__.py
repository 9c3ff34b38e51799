"""The command `check`; `program.py` imports it from here by its name."""

from daytona_validate._cli.check.check_command import check

__all__ = ["check"]
