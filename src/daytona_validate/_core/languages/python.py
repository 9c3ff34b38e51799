"""Python's record in the table of languages; what it never had, and what is no program in it."""

from __future__ import annotations

import re
import sys

from daytona_validate._core.languages import python_errors
from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.missing_patterns import PYTHON_MISSING
from daytona_validate._core.languages.python_encoding import python_encoding
from daytona_validate._core.languages.python_idle_tests import unrun_tests
from daytona_validate._core.languages.python_tests import find_ignored_failures
from daytona_validate._core.tests_account import LISTENING_SEALED, SEALED
from daytona_validate._models import Snippet, Stage

_RUN_TESTS = "/opt/python-snippet/run_tests.py"
_RUN_TO_END = "/opt/python-snippet/run_to_end.py"
_RUN_SESSION = "/opt/python-snippet/run_session.py"

# Gone since 3.12 and 3.13, and what Python 2 had under another name: whether the interpreter that
# judges still knows them must make no difference. Names that PyPI serves today are not here.
_REMOVED = """
    aifc asynchat asyncore audioop cgi cgitb chunk crypt imghdr imp lib2to3 mailcap msilib nis
    nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
    BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO
    Tkinter UserDict __builtin__ cPickle cStringIO commands cookielib dummy_thread exceptions
    httplib md5 sets sha thread tkMessageBox urllib2 urlparse xmlrpclib
"""

_OF_OTHER_SYSTEMS = """
    _msi _overlapped _scproxy _winapi _winreg msvcrt nt winreg winsound
"""

NEVER_HAD = frozenset((_REMOVED + _OF_OTHER_SYSTEMS).split())
"""Modules that were removed, and those of other systems than Linux: they can never be had here, so
that their absence is the code's fault."""

OPTIONAL_STDLIB = (frozenset(sys.stdlib_module_names) | {"test"}) - NEVER_HAD
"""What Python comes with, if it was not left out: an interpreter may have been built or packaged
without `tkinter`, `idlelib` or `test`, for which no program can be blamed."""

_SESSION_LINE = re.compile(r"\s*(?:>>>|In \[\d+\]:)(?:\s|$)")
_NOTEBOOK_LINE = re.compile(
    r"\s*(?:\w+\s*=\s*)?(?:%{1,2}|!{1,2}|\?{1,2})\s*\w|\s*\w[\w.]*\?{1,2}\s*$"
)
_SESSION = "an interactive session, not a program"
_LINE_END = re.compile(r"\r\n|\r|\n")  # what ends a line of Python, unlike str.splitlines


def python_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what a rejected program is, if the very line that was rejected says so, else None.

    Only that line counts, so that no mistake is excused by a magic elsewhere; and the first
    line that is not blank, if it is a prompt, for nothing that begins with one was ever meant as
    a program, while Python may reject what a later line shows as output.
    """
    lines = _LINE_END.split(code)
    if _SESSION_LINE.match(next(filter(str.strip, lines), "")):
        return _SESSION
    if diagnosis.line is None or not 0 < diagnosis.line <= len(lines):
        return None
    line = lines[diagnosis.line - 1]
    if _SESSION_LINE.match(line):
        return _SESSION
    if _NOTEBOOK_LINE.match(line):
        return "a notebook magic or shell line"
    return None


def _variables(snippet: Snippet) -> tuple[str, ...]:
    # Not in sessions, where an earlier code's server would end the snippet.
    is_wanted = snippet.until_listening and not snippet.earlier
    return (LISTENING_SEALED,) if is_wanted else ()


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
    # -s: no user site. Not -I, which would hide the snippet's own files.
    steps=(Command(Stage.RUN, ("python3", "-s", "main.py")),),
    test_steps=(Command(Stage.RUN, ("env", SEALED, "python3", "-s", _RUN_TESTS, "main.py")),),
    session_steps=(Command(Stage.RUN, ("python3", "-s", _RUN_SESSION, "main.py")),),
    end_steps=(Command(Stage.RUN, ("python3", "-s", _RUN_TO_END, "main.py")),),
    find_ignored_failures=find_ignored_failures,
    check=(Command(Stage.CHECK, ("python3", "-s", "-m", "py_compile", "main.py")),),
    environment={
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    },
    variables=_variables,
    diagnose=python_errors.diagnose,
    missing_patterns=PYTHON_MISSING,
    fragment=python_fragment,
    unrun_tests=unrun_tests,
    standard_modules=NEVER_HAD,
    optional_stdlib=OPTIONAL_STDLIB,
)
