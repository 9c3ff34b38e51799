"""Python's record in the table of languages."""

from __future__ import annotations

from daytona_validate._core.languages import python_errors
from daytona_validate._core.languages.python_encoding import python_encoding
from daytona_validate._core.languages.python_fragment import python_fragment
from daytona_validate._core.languages.python_idle_tests import unrun_tests
from daytona_validate._core.languages.python_modules import NEVER_HAD, OWN_PARTS
from daytona_validate._core.languages.python_tests import failed_unheeded
from daytona_validate._core.languages.record import Command, Language
from daytona_validate._core.tests_account import SEALED
from daytona_validate._models import Stage

_RUN_TESTS = "/opt/python-snippet/run_tests.py"

PYTHON = Language(
    name="python",
    title="Python",
    aliases=("py", "python3", "py3"),
    suffixes=(".py",),
    image="python:3.11",
    entry_file="main.py",
    file_encoding=python_encoding,
    toolchain="python",
    reserved_mib=320,  # with the default memory, the stacks of 100 threads: 8 MiB each
    # -s: no user site. Not -I, which would ignore PYTHONPATH and hide the snippet's own files.
    steps=(Command(Stage.RUN, ("python3", "-s", "main.py")),),
    test_steps=(Command(Stage.RUN, ("env", SEALED, "python3", "-s", _RUN_TESTS, "main.py")),),
    failed_unheeded=failed_unheeded,
    check=(Command(Stage.CHECK, ("python3", "-s", "-m", "py_compile", "main.py")),),
    environment={
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    },
    diagnose=python_errors.diagnose,
    fragment=python_fragment,
    unrun_tests=unrun_tests,
    standard_modules=NEVER_HAD,
    own_parts=OWN_PARTS,
)
