"""Programs whose tests fail, run by what the standard library has and by pytest."""

_CASES = '''\
import sys
import unittest


def area(width, height):
    return width + height


class TestArea(unittest.TestCase):
    def test_square(self):
        self.assertEqual(area(3, 3), 9)

    def test_words(self):
        """Says more than its name."""
        self.assertEqual(["a", "b"], ["a", "c"], "not the same")

    def test_raises(self):
        return {}["key"]

    def test_parts(self):
        for size in (1, 2):
            with self.subTest(size=size):
                assert area(size, size) == size * size

    @unittest.expectedFailure
    def test_well(self):
        pass

    def test_fine(self):
        self.assertEqual(area(2, 2), 4)

'''
_ONE = """\
import sys
import unittest


class TestOne(unittest.TestCase):
    def test_one(self):
        {body}

"""
_DOC = '''\
import doctest
import sys


def half(number):
    """Halve.

    >>> half(4)
    2
    >>> half("4")
    2
    """
    return number / 2

'''
_PYTEST = """\
import sys

import pytest


def half(number):
    return number // 3


@pytest.fixture
def four():
    return 4


def test_half(four):
    assert half(four) == 2, "four"


@pytest.mark.parametrize("number", [3, 2])
def test_all(number):
    assert half(number) == 1


def test_no_fixture(five):
    pass


class TestHalf:
    def test_raises(self):
        with pytest.raises(ValueError):
            half(2)

    def test_deep(self):
        {}["key"]


if __name__ == "__main__":
    sys.exit(pytest.main([OPTIONS]))
"""
_RUNS = 'if __name__ == "__main__":\n    unittest.main()\n'
_MAIN = "unittest.main()\n"

PROGRAMS = {
    "unittest": _CASES + _RUNS,
    "unittest_verbose": _CASES + "unittest.main(verbosity=2)\n",
    "unittest_buffered": _ONE.format(body="print('Traceback'); self.fail('no')")
    + "unittest.main(buffer=True)\n",
    "unittest_on_stdout": _CASES
    + "suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestArea)\n"
    + "result = unittest.TextTestRunner(stream=sys.stdout).run(suite)\n"
    + "sys.exit(not result.wasSuccessful())\n",
    "unittest_then_message": _ONE.format(body="self.assertIn(1, [2, 3])")
    + "program = unittest.main(exit=False)\nsys.exit('some tests failed')\n",
    "unittest_then_error": _ONE.format(body="self.fail('no')")
    + "unittest.main(exit=False)\nraise ValueError('later')\n",
    "unittest_bare_assert": _ONE.format(body="assert sum([1, 2]) == 4") + _MAIN,
    "unittest_unexpected": _ONE.format(body="pass").replace(
        "    def", "    @unittest.expectedFailure\n    def"
    )
    + _MAIN,
    "unittest_class_setup": _ONE.format(body="pass").replace(
        "    def", "    @classmethod\n    def setUpClass(cls): cls.nothing\n\n    def"
    )
    + _MAIN,
    "unittest_chained": _ONE.format(
        body="try: {}['key']\n        except KeyError as e: raise ValueError('other') from e"
    )
    + _MAIN,
    "unittest_imports": _ONE.format(body="import nopkg") + _MAIN,
    "unittest_exits": _ONE.format(body="sys.exit(0)") + _MAIN,
    "unittest_async": _ONE.format(body="self.assertEqual(1, 2)")
    .replace("def", "async def")
    .replace("TestCase", "IsolatedAsyncioTestCase")
    + _MAIN,
    "unittest_of_doctest": _DOC
    + "import unittest\ndef load_tests(loader, tests, ignore):\n"
    + "    tests.addTests(doctest.DocTestSuite())\n    return tests\nunittest.main()\n",
    "doctest": _DOC + "sys.exit(doctest.testmod().failed)\n",
    "doctest_verbose": _DOC + "sys.exit(bool(doctest.testmod(verbose=True).failed))\n",
    "doctest_raises": _DOC.replace("/ 2", "/ 0") + "sys.exit(1 if doctest.testmod()[0] else 0)\n",
    "doctest_of_module": '"""\n>>> 1 + 1\n3\n>>> print("a\\\\nb")\na\n"""\nimport doctest, sys\n'
    "sys.exit(1 if doctest.testmod().failed else 0)\n",
    "pytest": _PYTEST.replace("OPTIONS", '__file__, "-p", "no:cacheprovider"'),
    "pytest_quiet": _PYTEST.replace("OPTIONS", '__file__, "-q", "-p", "no:cacheprovider"'),
    "pytest_short": _PYTEST.replace("OPTIONS", '__file__, "--tb=short", "-p", "no:cacheprovider"'),
    "pytest_line": _PYTEST.replace("OPTIONS", '__file__, "--tb=line", "-p", "no:cacheprovider"'),
    "pytest_no_summary": _PYTEST.replace(
        "OPTIONS", '__file__, "-rN", "-x", "-p", "no:cacheprovider"'
    ),
    "pytest_doctest": _DOC
    + "import pytest\nif __name__ == '__main__':\n    sys.exit(pytest.main([__file__,"
    + " '--doctest-modules', '-p', 'no:cacheprovider']))\n",
    "pytest_collection": "import sys, pytest\nif __name__ == '__main__':\n"
    "    sys.exit(pytest.main([__file__, '-p', 'no:cacheprovider']))\nundefined_name\n",
}
