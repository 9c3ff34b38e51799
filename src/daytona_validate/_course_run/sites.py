"""What the site of a page gives to its blocks: the set-up of its tests, and how it is imported.

A site is the folder of a project or, without one, of pages. A course may be a stranger's: of its
files no more is taken than import statements, and of those of its tests what a literal says.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections import Counter
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from daytona_validate._course_run.site import Site
from daytona_validate._course_run.site_tree import DISK, SiteTree, below
from daytona_validate._courses.doctest_set_up import DoctestSetUp, pytest_names, sphinx_set_up
from daytona_validate._courses.site_imports import site_imports
from daytona_validate._courses.site_names import names_of_pages

_MOST_FILES = 10_000
_MOST_PAGES = 400
_MOST_LEVELS = 5
"""Folders from a page's to that of its project."""
_PAGES = (".md", ".mdx", ".rst", ".markdown", ".qmd")
_PROJECTS = ("pyproject.toml", "package.json", "setup.py", "setup.cfg", ".git")
_LANGUAGES = {"python": "python", "javascript": "javascript", "typescript": "javascript"}
_DOCS = "docs"
_CALLED = re.compile(r"^[ \t]*([a-z]\w*)\.\w+\(", re.MULTILINE | re.ASCII)
_MANY_PAGES = 5


class Sites:
    """Cache of what sites give, by folder.

    Args:
        allows_files: Whether code of a site's own tests may be handed to the provider.
        tree: Where they lie.
    """

    def __init__(self, *, allows_files: bool, tree: SiteTree = DISK) -> None:
        self._allows_files = allows_files
        self._tree = tree
        self._doctests: dict[Path, DoctestSetUp] = {}
        self._sites: dict[tuple[Path, Path], Site] = {}

    @staticmethod
    def has_any(languages: set[str]) -> bool:
        """Return whether a site can give something to blocks of these languages."""
        return not _LANGUAGES.keys().isdisjoint(languages)

    def of(self, page: str) -> Site:
        """Return what the site of a page gives to its blocks; it blocks. It raises nothing."""
        folder = Path(os.path.abspath(page)).parent  # noqa: PTH100 - of a folder that may be gone
        root = _root(folder, self._tree)
        inner = folder.relative_to(root).parts
        docs = root / (inner[0] if inner else _DOCS)
        if (root, docs) not in self._sites:
            self._sites[root, docs] = _site(root, docs, self._tree)
        site = self._sites[root, docs]
        if not self._allows_files:
            return site
        if folder not in self._doctests:
            self._doctests[folder] = _doctests(folder, root, self._tree)
        return replace(site, doctests=self._doctests[folder])


def _root(folder: Path, tree: SiteTree) -> Path:
    """Return the folder of the project that a folder is in; without one, the topmost of pages."""
    above = [each for each in (folder, *folder.parents)[:_MOST_LEVELS] if _is_of_a_site(each)]
    for each in above:
        if any(tree.has(each / name) for name in _PROJECTS):
            return each
    root = folder
    while root.parent in above and any(map(_is_page, tree.entries(root.parent))):
        root = root.parent
    return root


def _is_of_a_site(folder: Path) -> bool:
    """Return whether a folder can be that of a site, and not the user's or the computer's."""
    return folder != folder.parent and folder != Path(os.path.expanduser("~"))  # noqa: PTH111 - raises without a home


def _is_page(path: Path) -> bool:
    return path.name.endswith(_PAGES)


def _site(root: Path, folder: Path, tree: SiteTree) -> Site:
    files = [*islice(chain(tree.entries(root), below(tree, folder)), _MOST_FILES)]
    paths = [*filter(_is_page, files)][:_MOST_PAGES]
    pages = [*filter(None, (tree.text(path, root) for path in paths))]
    projects = {
        "python": _python_project(tree.text(root / "pyproject.toml", root)),
        "javascript": _script_project(tree.text(root / "package.json", root)),
    }
    found = {name: site_imports(pages, name, project) for name, project in projects.items()}
    read = ((language, found[name]) for language, name in _LANGUAGES.items())
    return Site(
        imports={language: each for language, each in read if each is not None},
        files=frozenset(name for each in files for name in (each.name, each.stem)),
        names=names_of_pages(pages),
        instances=_instances(pages),
    )


def _instances(pages: list[str]) -> frozenset[str]:
    counts = Counter(name for page in pages for name in {*_CALLED.findall(page)})
    return frozenset(name for name, count in counts.items() if count >= _MANY_PAGES)


def _python_project(text: str) -> str | None:
    try:
        said = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    tool = said.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    return _name(said.get("project")) or _name(poetry)


def _script_project(text: str) -> str | None:
    try:
        return _name(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _name(table: object) -> str | None:
    name = table.get("name") if isinstance(table, dict) else None
    return name if isinstance(name, str) else None


def _doctests(folder: Path, root: Path, tree: SiteTree) -> DoctestSetUp:
    """Return the set-up of the doctests in a folder: the nearest `conf.py`, each `conftest.py`."""
    above = [each for each in (folder, *folder.parents) if each.is_relative_to(root)]
    confs = (tree.text(each / "conf.py", root) for each in above)
    code = sphinx_set_up(next(filter(None, confs), ""))
    names: dict[str, str | None] = {}
    for each in reversed(above):
        names |= pytest_names(tree.text(each / "conftest.py", root))
    return DoctestSetUp(code=code, names=names)
