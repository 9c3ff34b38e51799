"""Print how many per cent of the lines must run in a whole test run on this host.

As a plain user, and where jails have no control groups, some lines of the sandbox engine cannot.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from daytona_validate import Limits
from daytona_validate._jails.cgroups import Cgroups

ROOTS_FLOOR = 97
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"

if __name__ == "__main__":
    settings = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    everyones_floor = settings["tool"]["coverage"]["report"]["fail_under"]
    has_all = os.geteuid() == 0 and Cgroups.find(Limits()).counts_memory
    print(ROOTS_FLOOR if has_all else everyones_floor)
