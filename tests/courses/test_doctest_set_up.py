"""What a site's own tests put before its blocks, read from files that are never run."""

from __future__ import annotations

import pytest

from daytona_validate._courses.doctest_set_up import pytest_names, sphinx_set_up


@pytest.mark.parametrize(
    ("conf", "code"),
    [
        ('doctest_global_setup = "from box import *"\n', "from box import *"),
        ("digits = '\\d'\ndoctest_global_setup = 'a = 1'\n", "a = 1"),
        ('doctest_global_setup = """\n    import box\n    b = 1\n"""\n', "import box\nb = 1"),
        ('doctest_global_setup = ("import box;"\n  "b = 1")\n', "import box;b = 1"),
        ('doctest_global_setup = "import box\\n" + "b = 1"\n', "import box\nb = 1"),
        ('import textwrap\ndoctest_global_setup = textwrap.dedent("  a = 1\\n")\n', "a = 1"),
        ('doctest_global_setup = """\na = 1\n""".strip()\n', "a = 1"),
        ("import os\ndoctest_global_setup = os.environ['SETUP']\n", ""),
        ("doctest_global_setup = open('setup.py').read()\n", ""),
        ("doctest_global_setup = 'a = 1' + name\n", ""),
        ("doctest_global_setup = dedent('a', 'b')\n", ""),
        ("doctest_global_setup = strip()\n", ""),
        ("doctest_global_setup = 'a = 1'.strip('=')\n", ""),
        ("doctest_global_setup = b'a = 1'\n", ""),
        ("doctest_global_setup = 'a = '\n", ""),
        ("doctest_global_setup = 'a' + " * 30 + "'a'\n", ""),
        ("doctest_global_cleanup = 'a = 1'\n", ""),
        ("if True:\n    doctest_global_setup = 'a = 1'\n", ""),
        ("conf.doctest_global_setup = 'a = 1'\n", ""),
        ("doctest_global_setup = (\n", ""),
        ("x = 1\n" * 20_000 + "doctest_global_setup = 'a = 1'\n", ""),
        ("\0", ""),
        ("", ""),
    ],
)
def test_the_text_that_sphinx_runs_before_each_doctest(conf: str, code: str) -> None:
    assert sphinx_set_up(conf) == code


CONFTEST = """
import pytest
import numpy
import depot.boxes
from parcels import Box as B
from . import own

@pytest.fixture(autouse=True)
def names(doctest_namespace, tmp_path):
    from parcels import Lid
    doctest_namespace["np"] = numpy
    doctest_namespace["boxes"] = depot.boxes.small
    doctest_namespace["Box"] = B
    doctest_namespace["Lid"] = Lid
    doctest_namespace["rates"] = {"box": [1, 2]}
    doctest_namespace["folder"] = tmp_path
    doctest_namespace["own"] = own
    doctest_namespace["made"] = B()
    doctest_namespace[tmp_path] = 1
    doctest_namespace[0] = 1
    other["x"] = 1
    self.ns["x"] = 1
    y = 1
"""


def test_names_that_pytest_or_sybil_put_into_doctests() -> None:
    assert pytest_names(CONFTEST) == {
        "np": "import numpy\nnp = numpy",
        "boxes": "import depot.boxes\nboxes = depot.boxes.small",
        "Box": "from parcels import Box as B\nBox = B",
        "Lid": "from parcels import Lid\nLid = Lid",
        "rates": "rates = {'box': [1, 2]}",
        "folder": None,
        "own": None,
        "made": None,
    }
    sybil = "from sybil import Sybil\ndef setup(namespace):\n    namespace['a'] = 1\n"
    assert pytest_names(sybil) == {"a": "a = 1"}
    assert pytest_names("namespace['a'] = 1\n") == {}
    assert pytest_names("doctest_namespace['a'] = (\n") == {}
