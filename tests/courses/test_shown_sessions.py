"""What a session prints when it runs: itself, unless something else happened than it shows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._courses.repl_session import as_program
from daytona_validate._courses.session_transcript import read_transcript
from daytona_validate._models import Outcome, Snippet
from made_results import made_reported

pytestmark = pytest.mark.slow

AGREES = """\
>>> 1 + 1
2
>>> def f(a):
...     return a
...
>>> f('x')
'x'
>>> {'a', 'b'}
{'b', 'a'}
>>> 1/0
Traceback (most recent call last):
  ...
ZeroDivisionError: division by zero
>>> 1/0
ZeroDivisionError: ...
>>> float('many')
ValueError: could not convert string to float: many
>>> def h(): (b, b := 1)
>>> h()
Traceback (most recent call last):
UnboundLocalError: local variable 'b' referenced before assignment
>>> 'c', type(1)
("c", int)
>>> nothing
NameError: name 'nothing' is not defined
>>> id(f)
1400
>>> import time; time.time()
17.5
>>> f
<function f at 0x7f9>
>>> [1,
...  2]
[1,   2]
>>> list(range(20))
[0, 1, ..., 19]
>>> for i in range(2):
        print(i)

0
1
>>> import os; code = os.system("echo hi")
hi
>>> x = = 3
  File "<stdin>", line 1
SyntaxError: invalid syntax
>>> f(1)  # a comment
1  # fine
>>> f(2)
2
# and more
>>> print("a\\n\\nb")
a

b
>>> f(3)

>>> # only a comment
and what somebody says of it
>>> undefined()  # doctest: +SKIP
5
>>> from __future__ import annotations
>>> def g(a: Unknown): pass
>>> import warnings; warnings.warn("old")
<stdin>:1: UserWarning: old
>>> class Broken(Exception): pass
>>> raise Broken("so")
Traceback (most recent call last):
__main__.Broken: so
>>> raise Broken("it was dropped")
Traceback (most recent call last):
post.errors.Broken: ()
>>> raise Broken("the box of 3 kg is too heavy for one of our drivers", 4)
Traceback (most recent call last):
Broken: the box of 3 kg is too heavy for one of my drivers
>>> [].adn
AttributeError: 'list' object has no attribute 'adn'. Did you mean: 'and'?
>>> Broken, Broken("no")
(<class 'Broken'>, Broken('no'))
>>> raise ExceptionGroup("two at once", [Broken("so")])
  + Exception Group Traceback (most recent call last):
    |   File "...", line 22, in <module>
    | ExceptionGroup: two at once (1 sub-exception)
    +-+---------------- 1 ----------------
      | Broken: so
      +------------------------------------
>>> import time; print(time.strftime("%Y-%m-%d"), "sent")
2001-09-11 sent
>>> {'b': 1, 'a': (2, 3)}
{'a': (2, 3), 'b': 1}
>>> import sys
>>> def size(a): return sys.getsizeof(a)
>>> size([])
4  # in another version
>>> exit()
>>> f
NameError: name 'f' is not defined
"""


def run_session(folder: Path, session: str) -> subprocess.CompletedProcess[str]:
    program = as_program(Snippet(code=session, language="python"))
    for name, content in {**program.files, "main.py": program.code}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    command = [sys.executable, "-s", "main.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_what_agrees_in_other_words_is_told_as_it_happened(tmp_path: Path) -> None:
    shown = "  >>> 'a'\n  \"a\"\n\n  >>> 2\n  2\n  In [1]: {2, 1}\n  Out[1]: {2, 1}"
    done = run_session(tmp_path, shown)
    passed = made_reported(outcome=Outcome.PASSED, path=None, details="").result
    found = read_transcript(
        as_program(Snippet(code=shown, language="python")),
        replace(passed, output=done.stdout, error=done.stderr),
    )
    assert (done.stdout.rstrip(), found.error) == (shown, None)
    happened = "  >>> 'a'\n  'a'\n\n  >>> 2\n  2\n  In [1]: {2, 1}\n  Out[1]: {1, 2}"
    assert found.output.rstrip() == happened


def test_no_more_is_told_than_people_read(tmp_path: Path) -> None:
    session = ">>> print('x' * 9000)\nx...x\n>>> {2, 1}\n{2, 1}"
    assert run_session(tmp_path, session).stderr == ""


def test_what_agrees_is_printed_as_it_is_shown(tmp_path: Path) -> None:
    done = run_session(tmp_path, AGREES)
    assert (done.stdout.rstrip("\n"), done.returncode) == (AGREES.rstrip("\n"), 0)


@pytest.mark.parametrize(
    ("shown", "happened"),
    [
        (">>> 1 + 1\n3\n", ">>> 1 + 1\n2\n"),
        (">>> 'a'\na\n>>> 2\n2\n", ">>> 'a'\n'a'\n>>> 2\n2\n"),
        (">>> 1\n1 2\n\nwords\n", ">>> 1\n1\n\nwords\n"),
        ("  >>> [1, 2]\n  [2, 1]\n", "  >>> [1, 2]\n  [1, 2]\n"),
        ("In [1]: 2\nOut[1]: 3\n", "In [1]: 2\nOut[1]: 2\n"),
        (">>> {1, 2}\n{1, 3}\n", ">>> {1, 2}\n{1, 2}\n"),
        (">>> {1: 2}\n{1, 2}\n", ">>> {1: 2}\n{1: 2}\n"),
        (">>> {1}\n{f(}\n", ">>> {1}\n{1}\n"),
        (">>> 'a'\n'b'\n", ">>> 'a'\n'a'\n"),
        (">>> type(1)\nstr\n", ">>> type(1)\n<class 'int'>\n"),
        (">>> print('a b')\n'a b'\n", ">>> print('a b')\na b\n"),
        (">>> 5\nTypeError: no\n", ">>> 5\n5\n"),
        (">>> None\nNone\n", ">>> None\n\n"),
        (">>> {'id': 3}['id']\n4\n", ">>> {'id': 3}['id']\n3\n"),
        (">>> hash_count = now = 7; now\n8\n", ">>> hash_count = now = 7; now\n7\n"),
        (">>> 1 + 1  # what time is it\n3\n", ">>> 1 + 1  # what time is it\n2\n"),
        (">>> hash(1)\n1.5\n", ">>> hash(1)\n1\n"),
        (">>> 5\n'5'\n", ">>> 5\n5\n"),
        (">>> {1: 2, 3: 4}\n{1: 4, 3: 2}\n", ">>> {1: 2, 3: 4}\n{1: 2, 3: 4}\n"),
        (">>> [*'ab']\n{'a', 'b'}\n", ">>> [*'ab']\n['a', 'b']\n"),
        (">>> print('2024-02-01')\n2024-02-02\n", ">>> print('2024-02-01')\n2024-02-01\n"),
        (
            ">>> class A: pass\n>>> A\n<class 'B'>\n",
            ">>> class A: pass\n>>> A\n<class '__main__.A'>\n",
        ),
        (">>> {**{}}\n{**{}}\n", ">>> {**{}}\n{}\n"),
        (
            ">>> def size(a): return 4\n>>> size(1)\n5\n",
            ">>> def size(a): return 4\n>>> size(1)\n4\n",
        ),
        ("x = 5\n\n>>> x\n6\n", "x = 5\n\n>>> x\n5\n"),
        (">>> import os\n>>> os._exit(0)\n>>> 1\n1\n", ">>> import os\n"),
    ],
)
def test_what_differs_is_printed_as_it_happened(tmp_path: Path, shown: str, happened: str) -> None:
    done = run_session(tmp_path, shown)
    assert (done.stdout.rstrip("\n"), done.returncode) == (happened.rstrip("\n"), 0)


@pytest.mark.parametrize(
    ("shown", "line", "error"),
    [
        (">>> 1\n1\n>>> nothing\n", 3, "NameError: name 'nothing' is not defined"),
        (">>> int('x')\nTypeError: x\n", 1, "ValueError: invalid literal"),
        (">>> int('x')\nValueError: other words\n", 1, "ValueError: invalid literal"),
        (">>> int('x')\nValueError: literal\n", 1, "ValueError: invalid literal"),
        (
            ">>> int('a b')\nValueError: invalid literal for int() with base 10: 'a c'\n",
            1,
            "ValueError: invalid literal",
        ),
        (
            (
                ">>> raise ValueError('the box of 3 kg is too heavy for a driver')\n"
                "ValueError: the box of 4 kg is too heavy for a driver\n"
            ),
            1,
            "ValueError: the box of 3",
        ),
        (
            ">>> open('no.txt')\nFileNotFoundError: [Errno 2] No such file or directory: 'a.txt'\n",
            1,
            "FileNotFoundError",
        ),
        (">>> {}['a']\nKeyError: 'b'\n", 1, "KeyError: 'a'"),
        (">>> b\nNameError: name 'c' is not defined\n", 1, "NameError: name 'b'"),
        (">>> 1\n1\n>>> 1 +\n", 3, "SyntaxError: "),
        (">>> [].adn\nAttributeError: 'list' object has no attribute 'dan'\n", 1, "'adn'"),
        (">>> [].adn\nValueError: ()\n", 1, "AttributeError: 'list'"),
        (
            ">>> int('many boxes')\nValueError: this is a box of quite another kind than that\n",
            1,
            "int",
        ),
        (
            ">>> raise ValueError(1)\n  + Exception Group Traceback\n    | KeyError: 1\n",
            1,
            "ValueError",
        ),
        (">>> raise ValueError(1)\n  + Exception Group Traceback\n    | no\n", 1, "ValueError"),
        (">>> def f():\n...     1/0\n>>> f()\n", 2, "ZeroDivisionError"),
        (">>> exit(3)\n", None, ""),
    ],
)
def test_an_error_that_is_not_shown_ends_the_session_at_its_line(
    tmp_path: Path, shown: str, line: int | None, error: str
) -> None:
    done = run_session(tmp_path, shown)
    assert done.returncode == (3 if line is None else 1)
    assert error in done.stderr
    assert line is None or f'main.py", line {line}' in done.stderr
    assert "shown_session" not in done.stderr
