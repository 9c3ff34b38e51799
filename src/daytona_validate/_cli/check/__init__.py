"""The command `check`; `program.py` finds it here by its name."""

from daytona_validate._cli.check.command import check

__all__ = ["check"]
