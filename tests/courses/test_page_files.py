"""Blocks of a page that are files of one program find one another."""

from __future__ import annotations

import pytest

from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import Marks
from daytona_validate._courses.page_files import page_files
from daytona_validate._models import Snippet


def block(file: str | None, code: str, language: str = "python") -> CourseSnippet:
    return CourseSnippet(snippet=Snippet(code=code, language=language), marks=Marks(file=file))


@pytest.mark.parametrize(
    ("file", "module", "language", "name"),
    [
        ("cart.py", "cart", "python", "cart.py"),
        ("src/cart.py", "cart", "python", "cart.py"),
        ("shop/cart.py", "shop.cart", "python", "shop/cart.py"),
        ("shop/cart.py", "shop", "python", "shop/cart.py"),
        ("src/shop/__init__.py", "shop", "python", "shop/__init__.py"),
        ("cart.js", "./cart.js", "javascript", "cart.js"),
        ("src/cart.js", "./cart", "javascript", "cart.js"),
        ("cart.mjs", "/work/cart.mjs", "javascript", "cart.mjs"),
        ("lib/index.ts", "./lib", "typescript", "lib/index.ts"),
    ],
)
def test_a_file_is_put_where_its_module_is_looked_for(
    file: str, module: str, language: str, name: str
) -> None:
    importing = block(None, "import", language)
    page = [block(file, "x = 1\n", language), importing]
    assert page_files(importing, page, module=module) == {name: "x = 1\n"}


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("cart.py", "art"),
        ("cart.pyi", "cart"),
        ("cart.py", "car"),
        ("mycart.py", "cart"),
        ("main.py", "main"),
        ("cart.py", ""),
        ("cart.py", "../cart"),
        (None, "cart"),
    ],
)
def test_what_is_no_file_of_the_module_is_left_out(file: str | None, module: str) -> None:
    importing = block(None, "import")
    assert page_files(importing, [block(file, "x"), importing], module=module) == {}


def test_of_several_versions_the_last_before_the_import_counts_else_the_first_after() -> None:
    importing, own = block(None, "import"), block("app.py", "import cart")
    page = [block("cart.py", "1"), block("cart.py", "2"), importing, block("cart.py", "3")]
    assert page_files(importing, page, module="cart") == {"cart.py": "2"}
    later = [importing, block("cart.py", "3"), block("cart.py", "4")]
    assert page_files(importing, later, module="cart") == {"cart.py": "3"}
    assert page_files(own, [block("app.py", "old"), own], module="app") == {}
    assert page_files(own, [block("cart.js", "x", "javascript"), own], module="cart") == {}


def test_other_files_of_the_program_come_with_it() -> None:
    importing = block("src/app.py", "import cart")
    page = [block("src/cart.py", "import price"), block("src/price.py", "x = 1"), importing]
    files = page_files(importing, page, module="cart")
    assert files == {"cart.py": "import price", "price.py": "x = 1"}
