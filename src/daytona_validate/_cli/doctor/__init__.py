"""The command `doctor`; `program.py` imports it from here by its name."""

from daytona_validate._cli.doctor.doctor_command import doctor

__all__ = ["doctor"]
