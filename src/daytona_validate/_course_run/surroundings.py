"""What a page depends on: its text, the rules it runs by, and all that lies around it.

One place says it, for all that must know whether a page would be judged as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.set_up import NO_SET_UP, SetUp, SetUps
from daytona_validate._course_run.site import NO_SITE, Site
from daytona_validate._course_run.sites import Sites
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.page_fingerprints import page_fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Dependencies of a page beside its text."""

    set_up: SetUp = NO_SET_UP
    site: Site = NO_SITE
    fingerprint: str = ""
    """Of them and of the page's text; of a record or a file that stands alone, none."""

    def told_to(self, page: Iterable[CourseSnippet]) -> tuple[CourseSnippet, ...]:
        """Return the snippets of the page, each with the fingerprint."""
        return tuple(replace(each, page_fingerprint=self.fingerprint) for each in page)


_NONE = Surroundings()
_DIGITS = 24


class SurroundingsReader:
    """Cache of what lies around pages, by their folders.

    Args:
        rules: How the blocks of a page are run.
    """

    def __init__(self, rules: RunRules) -> None:
        self._rules = rules
        self._set_ups = SetUps(allows_files=rules.allows_files)
        self._sites = Sites(allows_files=rules.allows_files)

    @property
    def has_held_back(self) -> bool:
        """Whether files that a configuration names were not allowed."""
        return self._set_ups.has_held_back

    def of(self, page: Sequence[CourseSnippet]) -> Surroundings:
        """Return what counts for a page; it blocks.

        Raises:
            ConfigurationError: What its configuration names cannot be had.
        """
        path, config = page[0].page, page[0].config
        if path is None:
            return _NONE
        set_up = self._set_ups.of(config, path) if SetUps.has_any(config) else NO_SET_UP
        has_site = Sites.has_any({each.snippet.language for each in page})
        site = self._sites.of(path) if has_site else NO_SITE
        around = (
            replace(config, folder="", source=""),
            (self._rules.session, self._rules.has_fragments),
            sorted(set_up.codes.items()),
            sorted((name, hashlib.sha256(each).digest()) for name, each in set_up.files.items()),
            _seen(site, page),
        )
        content = f"{page_fingerprint(page)}\0{around!r}".encode(errors="surrogatepass")
        fingerprint = hashlib.sha256(content).hexdigest()[:_DIGITS]
        return Surroundings(set_up=set_up, site=site, fingerprint=fingerprint)


def _seen(site: Site, page: Sequence[CourseSnippet]) -> object:
    seen = site.seen_from(each.snippet.code for each in page)
    imports = sorted(
        (language, each.module, each.is_named, sorted(each.statements.items()))
        for language, each in seen.imports.items()
    )
    doctests = seen.doctests
    of_tests = (doctests.code, sorted(doctests.names.items()))
    names = (sorted(seen.names.items()), sorted(seen.instances))
    return imports, *of_tests, sorted(seen.files), *names
