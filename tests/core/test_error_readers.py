"""Corners of the readers of last words that no captured program reaches."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._core.languages import javascript_errors, python_errors
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.python import python_fragment
from daytona_validate._models import Limit
from for_each import for_each


def python(text: str, exit_code: int | None = 1, **values: Any) -> Diagnosis | None:
    ending = Ending(text=text, entry_file="main.py", exit_code=exit_code, **values)
    return python_errors.diagnose(ending)


def node(text: str, exit_code: int | None = 1, signal: int | None = None) -> Diagnosis | None:
    ending = Ending(text=text, entry_file="index.js", exit_code=exit_code, signal=signal)
    return javascript_errors.diagnose(ending)


def traced(message: str, *frames: str) -> str:
    return "\n".join(["Traceback (most recent call last):", *frames, message, ""])


@for_each(
    ("message", "limit"),
    [
        ("MemoryError", Limit.MEMORY),
        ("numpy._core._exceptions._ArrayMemoryError: Unable to allocate 8 GiB", Limit.MEMORY),
        ("OSError: [Errno 12] Cannot allocate memory", Limit.MEMORY),
        ("OSError: [Errno 122] Disk quota exceeded: 'x'", Limit.DISK),
        ("OSError: [Errno 27] File too large", Limit.DISK),
        ("sqlite3.OperationalError: database or disk is full", Limit.DISK),
        ("RuntimeError: can't start new thread", Limit.PROCESSES),
        ("MyMemoryError: mine", None),
        ("ValueError: MemoryError", None),
        ("OSError: [Errno 2] No such file or directory: '[Errno 28] '", None),
        ("RuntimeError: can't start new thread pool", None),
        ("BlockingIOError: [Errno 11] Resource temporarily unavailable", None),
    ],
)
def test_python_errors_that_are_limits(message: str, limit: Limit | None) -> None:
    diagnosis = python(traced(message, '  File "/work/main.py", line 1, in f', "    x()"))
    assert diagnosis is not None
    assert diagnosis.limit is limit


DUMPED = """\
object address  : 0x7f21b6621f00
object refcount : 3
object type     : 0xb59f60
object type name: {}
object repr     : {}()
lost sys.stderr
"""
FRAMES = (
    'Traceback (most recent call last):\n  File "/work/main.py", line 2, in <module>\n    x()\n'
)


@pytest.mark.parametrize(("before", "line"), [(FRAMES, 2), ("", None)])
def test_an_error_that_python_3_14_had_no_memory_to_write_is_its_type(
    before: str, line: int | None
) -> None:
    diagnosis = python(before + DUMPED.format("MemoryError", "MemoryError"))
    assert diagnosis is not None
    assert (diagnosis.message, diagnosis.line) == ("MemoryError", line)
    assert diagnosis.limit is Limit.MEMORY


@pytest.mark.parametrize(
    "dumped", [DUMPED.format("KeyError", "MemoryError"), "object address  : 0x7"]
)
def test_another_error_that_is_dumped_is_no_limit(dumped: str) -> None:
    for before in (FRAMES, ""):
        diagnosis = python(before + dumped)
        assert diagnosis is not None
        assert diagnosis.limit is None


def test_a_file_with_no_encoding_has_no_line_0() -> None:
    diagnosis = python('  File "/work/main.py", line 0\nSyntaxError: unknown encoding: x\n')
    assert diagnosis is not None
    assert (diagnosis.is_rejection, diagnosis.line) == (True, None)


def test_eagain_without_a_frame_is_no_limit() -> None:
    diagnosis = python(traced("BlockingIOError: [Errno 11] Resource"))
    assert diagnosis is not None
    assert diagnosis.limit is None


@pytest.mark.parametrize(
    ("message", "module"),
    [
        ("ModuleNotFoundError: No module named 'scipy'", "scipy"),
        ("ModuleNotFoundError: No module named 'tomlib'. Did you mean: 'tomllib'?", "tomlib"),
        ("ModuleNotFoundError: No module named 'scipy.stats'", None),
        ("ModuleNotFoundError: No module named 'os.x'; 'os' is not a package", None),
        ("ImportError: No module named 'scipy'", None),
        ("my.ModuleNotFoundError: No module named 'scipy'", None),
        ("ModuleNotFoundError: No module named 'scipy' (really)", None),
    ],
)
def test_python_missing_modules(message: str, module: str | None) -> None:
    diagnosis = python(traced(message))
    assert diagnosis is not None
    assert diagnosis.missing_module == module


def test_a_frame_of_another_file_of_the_same_ending_is_not_the_entry_file() -> None:
    diagnosis = python(traced("ValueError: x", '  File "/work/domain.py", line 9, in f'))
    assert diagnosis is not None
    assert diagnosis.line is None


def test_a_traceback_without_an_end_tells_its_last_line() -> None:
    diagnosis = python("Traceback (most recent call last):\n  File x")
    assert diagnosis == Diagnosis(message="File x")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('  File "/work/main.py", line 1\nhello\nSyntaxError: x', id="words_between"),
        pytest.param('  File "/work/other.py", line 1\n    x\nSyntaxError: x', id="other_file"),
        pytest.param('  File "/work/main.py", line 1\n    x\nMySyntaxError: x', id="other_error"),
        pytest.param('hi\n  File "/work/main.py", line 1\n    x\nSyntaxError: x', id="words_first"),
        pytest.param("a.py:1: SyntaxWarning: x", id="warning_only"),
        pytest.param("a.py:1: SyntaxWarning: x\n  y = 1", id="warning_with_source_only"),
    ],
)
def test_python_did_not_reject(text: str) -> None:
    diagnosis = python(text)
    assert diagnosis is not None
    assert not diagnosis.is_rejection


def test_a_warning_may_come_without_its_source_line() -> None:
    warned = "/work/main.py:1: SyntaxWarning: x\n"
    diagnosis = python(f'{warned}  File "/work/main.py", line 2\n    x\nSyntaxError: no')
    assert diagnosis == Diagnosis(message="SyntaxError: no", line=2, is_rejection=True)


def test_silence_is_no_diagnosis() -> None:
    assert python("") is None
    assert node("") is None
    assert node("}\n    at x\n") == Diagnosis(message="at x")
    assert last_line(Ending(text="\n \n", entry_file="x", exit_code=1)) is None


@for_each(
    ("code", "line", "is_fragment"),
    [
        ("%matplotlib inline", 1, True),
        ("%%bash\nls", 1, True),
        ("!ls", 1, True),
        ("files = !ls", 1, True),
        ("?print", 1, True),
        ("print?", 1, True),
        ("x = 1\nobj.method??", 2, True),
        (">>> 1", 1, True),
        ("In [3]: 1", 1, True),
        ("\n >>> print(2)\n1.2 ± 3", 3, True),
        (">>> 1\n'", None, True),
        ("x = 1\n>>> x", 2, True),
        ("x = = 1\n>>> 1", 1, False),
        ("# shown:\n>>> 1\n±", 3, False),
        (">>>>>>> branch\nx = 1", 1, False),
        (">>>x", 1, False),
        ("a\x0c\n%x", 2, True),
        ("%x\ny = = 1", 2, False),
        ("x % y z", 1, False),
        ("x !y", 1, False),
        ("a ? b : c", 1, False),
        ("'>>> 1", 1, False),
        ("%x", 2, False),
        ("%x", 0, False),
        ("%x", None, False),
    ],
)
def test_a_fragment_is_told_by_its_first_prompt_or_the_rejected_line(
    code: str, line: int | None, is_fragment: bool
) -> None:
    found = python_fragment(code, Diagnosis(message="SyntaxError", line=line))
    assert (found is not None) is is_fragment


THROWN = "/work/index.js:1\nx\n^\n\n{}\n    at f (/work/index.js:1:1){}\n\nNode.js v24.1.0\n"


@for_each(
    ("specifier", "package"),
    [
        ("lodash", "lodash"),
        ("lodash/fp", "lodash"),
        ("@scope/name", "@scope/name"),
        ("@scope/name/sub", "@scope/name"),
        ("left-pad.js", "left-pad.js"),
        ("./lodash", None),
        ("../lodash", None),
        ("/lodash", None),
        (".", None),
        ("#internal", None),
        ("bun:test", None),
        ("https://x.y/z", None),
        ("@scope", None),
    ],
)
def test_node_packages(specifier: str, package: str | None) -> None:
    message = f"Error: Cannot find module '{specifier}'"
    diagnosis = node(THROWN.format(message, " {\n  code: 'MODULE_NOT_FOUND',\n}"))
    assert diagnosis is not None
    assert diagnosis.missing_module == package


@for_each(
    ("message", "limit"),
    [
        ("RangeError: Array buffer allocation failed", Limit.MEMORY),
        ("RangeError: Failed to allocate memory", Limit.MEMORY),
        ("Error: spawn ENOMEM", Limit.MEMORY),
        ("Error: ENOMEM: not enough memory, read", Limit.MEMORY),
        ("Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated", Limit.MEMORY),
        ("Error: EDQUOT: quota exceeded, write", Limit.DISK),
        ("Error: EFBIG: file too large, write", Limit.DISK),
        ("Error: spawn sleep EAGAIN", Limit.PROCESSES),
        ("Error: spawnSync /bin/sh EAGAIN", Limit.PROCESSES),
        ("Error: EAGAIN", Limit.PROCESSES),
        ("Error: read EAGAIN", None),
        ("Error: it says ENOSPC: no", None),
        ("MyError: ENOSPC: no", None),
    ],
)
def test_node_errors_that_are_limits(message: str, limit: Limit | None) -> None:
    diagnosis = node(THROWN.format(message, ""))
    assert diagnosis is not None
    assert diagnosis.limit is limit


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("FATAL ERROR: invalid table size Allocation failed - JavaScript heap out of memory", 1),
        ("# Fatal process out of memory: Zone", 1),
        ("# Fatal JavaScript invalid size error out of memory", 1),
        ("  #  Assertion failed: (0) == (uv_thread_create(t.get(), start, this))", 2),
        ("FATAL ERROR: v8::ToLocalChecked Empty MaybeLocal", None),
    ],
)
@pytest.mark.parametrize(("exit_code", "signal"), [(134, None), (None, 6)])
def test_node_aborts(
    line: str, limit: int | None, exit_code: int | None, signal: int | None
) -> None:
    diagnosis = node(f"words\n{line}\n1: 0x1\n", exit_code, signal)
    assert diagnosis is not None
    assert diagnosis.is_uncaught
    assert diagnosis.limit is {1: Limit.MEMORY, 2: Limit.PROCESSES}.get(limit or 0)


def test_a_thrown_value_is_told_whatever_node_is_called() -> None:
    hint = "(Use `node-24 --trace-uncaught ...` to show where the exception was thrown)"
    diagnosis = node(f"/work/index.js:1\nx\n^\ntext\n{hint}\n\nNode.js v24.1.0\n")
    assert diagnosis is not None
    assert diagnosis.message == "Uncaught text"


def test_node_warnings_may_stand_before_a_rejection() -> None:
    refused = "/work/index.js:1\nx\n^\n\nSyntaxError: no\n    at wrapSafe (node:x:1)\n\n"
    warned = "(node:7) Warning: x\n(Use `node --trace-warnings ...` to show where)\n"
    for text, is_rejection in ((warned + refused, True), ("words\n" + refused, False)):
        diagnosis = node(text + "Node.js v24.1.0\n")
        assert diagnosis is not None
        assert diagnosis.is_rejection is is_rejection


def test_an_end_without_a_place_tells_what_was_said_last() -> None:
    diagnosis = node("TypeError: x\n    at f (/work/index.js:1:1)\n\nNode.js v24.1.0\n")
    assert diagnosis is not None
    assert (diagnosis.message, diagnosis.is_uncaught) == ("TypeError: x", False)


def test_an_error_without_a_word_is_still_a_diagnosis() -> None:
    diagnosis = node("/work/index.js:1\nx\n^\n\n\nNode.js v24.1.0\n")
    assert diagnosis is not None
    assert diagnosis.message == "an error without a message"
