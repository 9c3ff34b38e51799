"""The site of a page as a value: what it gives to blocks that lack a name.

Readers of a site's page have imported its package, and its tests run after their set-up. It errs
towards the block's own mistake: only a name that the site's pages import from the package which the
site documents is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TypeVar

from daytona_validate._core.fragments.known_names import FORGOTTEN_NAMES
from daytona_validate._core.fragments.near_names import slip_keys
from daytona_validate._course_run.files_of_a_page import files_in
from daytona_validate._course_run.replay import could_help
from daytona_validate._courses.doctest_set_up import NO_DOCTEST_SET_UP, DoctestSetUp
from daytona_validate._courses.site_imports import SiteImports
from daytona_validate._courses.site_names import names_of_pages
from daytona_validate._courses.words_below import words_in
from daytona_validate._models import Missing, MissingKind

T = TypeVar("T")
_LEAST_PAGES = 2
_GIVEN = frozenset({MissingKind.NAME, MissingKind.TYPE})


@dataclass(frozen=True, slots=True)
class Gift:
    """Prelude: code that runs before a block, which its page does not show there."""

    code: str
    note: str
    """What it is, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Documentation site, as far as it gives something to the blocks of a page."""

    doctests: DoctestSetUp = NO_DOCTEST_SET_UP
    imports: Mapping[str, SiteImports] = field(default_factory=dict[str, SiteImports])
    """Of the package that it documents, by language."""
    files: frozenset[str] = frozenset()
    """The names of its files, with and without their endings."""
    names: Mapping[str, int] = field(default_factory=dict[str, int])
    """On how many of its pages each name is defined, in what looks like Python."""
    instances: frozenset[str] = frozenset()
    """Names whose methods many of its pages call."""

    def gifts(self, missing: Missing, language: str) -> Iterator[Gift]:
        """Yield what may make a name that a block lacks, likeliest first.

        Args:
            missing: What it lacks.
            language: Its language.
        """
        if missing.kind not in _GIVEN:
            return
        if language == "python":
            yield from self._of_tests(missing)
        imports = self.imports.get(language)
        if imports is not None:
            yield from _imported(imports, missing.name, language)

    def seen_from(self, codes: Iterable[str]) -> Site:
        """Return what of it may count for the blocks of a page: the names and files they may mean.

        What they define themselves is no other page's.

        Args:
            codes: The blocks' code.
        """
        codes = (*codes,)
        own = names_of_pages(["\n".join(codes)])
        words = {"*"}.union(*map(words_in, codes))
        read = {key for code in codes for name in files_in(code) for key in slip_keys(name)}
        near = _by_slip(self.files) if read else {}
        imports = {
            language: replace(each, statements=_of(words, each.statements))
            for language, each in self.imports.items()
        }
        return Site(
            doctests=replace(self.doctests, names=_of(words, self.doctests.names)),
            imports=imports,
            files=frozenset(name for key in read & near.keys() for name in near[key]),
            instances=self.instances & words,
            names={
                name: min(pages - own[name], _LEAST_PAGES)
                for name, pages in _of(words, self.names).items()
                if pages > own[name]
            },
        )

    def _of_tests(self, missing: Missing) -> Iterator[Gift]:
        code = self.doctests.code
        if code and could_help(missing, [code]):
            yield Gift(code, "the doctest set-up of its site")
        made = self.doctests.names.get(missing.name)
        if made is not None:
            yield Gift(made, f"{missing.name} of its site's conftest.py")

    def defines(self, name: str) -> bool:
        """Return whether its pages define a name: a type on one, anything else on some."""
        return self.names.get(name, 0) >= (1 if name[:1].isupper() else _LEAST_PAGES)

    def is_of_tests_alone(self, name: str) -> bool:
        """Return whether a name is one that only the site's own tests can make."""
        return self.doctests.names.get(name, "") is None


def _imported(imports: SiteImports, name: str, language: str) -> Iterator[Gift]:
    shown = imports.shown(name)
    is_whole = shown in (f"import {name}", f"import * as {name} from '{name}';")
    is_usual = name in FORGOTTEN_NAMES[language] and not is_whole
    if shown is not None and (imports.is_named or not is_usual):
        yield Gift(shown, f"`{shown}` of its site's other pages")


def _of(words: AbstractSet[str], named: Mapping[str, T]) -> dict[str, T]:
    return {name: named[name] for name in sorted(words & named.keys())}


@lru_cache(maxsize=4)  # asked by each page of a site
def _by_slip(names: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Return the names by what those share of which one may be a slip of the pen for the other."""
    found = defaultdict[str, set[str]](set)
    for name in names:
        for key in slip_keys(name):
            found[key].add(name)
    return {key: frozenset(each) for key, each in found.items()}


NO_SITE = Site()
