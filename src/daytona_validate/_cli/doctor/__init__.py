"""The command `doctor`; `program.py` imports it from here by its name."""

from daytona_validate._cli.doctor.command import doctor

__all__ = ["doctor"]
