"""The options for reading courses and for selecting their snippets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.mark_options import ALL_BLOCKS, MarkedBlocks, marked_blocks
from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._cli.changed_blocks import ChangedBlocks
    from daytona_validate._cli.ending_options import PassedOnce
    from daytona_validate._core.last_run import LastRun
    from daytona_validate._courses.code_template import CodeTemplate
    from daytona_validate._courses.collect import Collection
    from daytona_validate._courses.collect_options import CollectOptions
    from daytona_validate._courses.course_snippet import CourseSnippet

FIELDS = {
    "code": "JSONL: the field with the code, or a path to it such as answer.code.",
    "language": "JSONL: the field with the language.",
    "id": "JSONL: the field with the record's id.",
    "stdin": "JSONL: the field with what the program reads.",
    "expected_output": "JSONL: the field with what it must print.",
}
"""Fields of a record that an option can rename, with the help of that option."""


FENCED = ("last", "first", "all")
"""Which fences of an answer `--fenced` takes; what each does stands in `fenced_answer.py`."""


DIALECTS = ("commonmark", "mkdocs", "myst", "mdx", "quarto")
"""Those of Markdown."""


def reading_options(command: Command) -> Command:
    """Add the options that say how files are read; `read_options` takes their values."""
    for field in reversed(tuple(FIELDS)):
        command = click.option(
            f"--{field.replace('_', '-')}-field",
            metavar="NAME",
            default=field,
            show_default=True,
            help=FIELDS[field],
        )(command)
    command = click.option(
        "--default-language", metavar="NAME", help="Language of JSONL records that name none."
    )(_template_option(command))
    command = click.option(
        "--compare",
        metavar="WAY",
        help="JSONL: how the output is compared: exact, lines (the default), tokens, float or "
        "float=1e-6 (numbers so far apart, absolute or in proportion).",
    )(command)
    command = click.option(
        "--dialect",
        type=click.Choice(DIALECTS),
        help="Read Markdown pages as this one. Default: what the name and the page itself tell.",
    )(command)
    command = click.option(
        "--include-folder",
        metavar="FOLDER",
        type=click.Path(exists=True, file_okay=False),
        help="Where files that a page includes may lie. Default: the folder given, or the page's.",
    )(command)
    command = click.option(
        "--fenced",
        type=click.Choice(FENCED),
        help="JSONL, and the source of run: it is an answer in Markdown, whose program is in the "
        "last or first fence of its language, or in all of them together.",
    )(command)
    return click.option(
        "--stdin-filename",
        metavar="NAME",
        help="Read - as a file of this name; else as JSONL if its first line begins a record, else "
        "as Markdown.",
    )(command)


def _template_option(command: Command) -> Command:
    return click.option(
        "--template",
        metavar="TEXT",
        help="Data: join the code from fields, such as '{prompt}{completion}'; {{ is a brace.",
    )(command)


def read_options(
    values: Mapping[str, str | None],
    *,
    strip: tuple[str, ...],
    outputs: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
) -> CollectOptions:
    """Return what the values of `reading_options` say.

    Args:
        values: By the names of the options.
        strip: What `--strip` says.
        outputs: What `--outputs` says.
        exclude: What `--exclude` says.

    Raises:
        ConfigurationError: A language or a way of comparing is not known; the caller's fault.
    """
    from daytona_validate._core.dialect import Dialect
    from daytona_validate._courses.collect_options import CollectOptions
    from daytona_validate._courses.jsonl_records import RecordFields

    fields = {field: values[f"{field}_field"] or field for field in FIELDS}
    default_language = values["default_language"]
    return CollectOptions(
        record_fields=RecordFields(**fields),
        default_language=None if default_language is None else language_of(default_language),
        compare=_compare_of(values["compare"]),
        template=_template_of(values["template"]),
        fenced=values["fenced"],
        include_folder=values["include_folder"],
        dialect=Dialect(values["dialect"]) if values["dialect"] else None,
        stdin_filename=values["stdin_filename"],
        strip=strip,
        outputs=outputs,
        exclude=exclude,
    )


def repeat_options(reading: CollectOptions) -> list[str]:
    """Return the options with which `run` reads a file in the same way; no `--stdin-filename`."""
    chosen = {field: getattr(reading.record_fields, field) for field in FIELDS}
    options = [
        f"--{field.replace('_', '-')}-field={name}"
        for field, name in chosen.items()
        if name != field
    ]
    others = {"default-language": reading.default_language, "compare": reading.compare}
    others |= {"fenced": reading.fenced, "dialect": reading.dialect}
    others["template"] = None if reading.template is None else reading.template.text
    options += [f"--strip={mark}" for mark in reading.strip]
    return options + [f"--{name}={value}" for name, value in others.items() if value is not None]


def _template_of(text: str | None) -> CodeTemplate | None:
    from daytona_validate._courses.code_template import BrokenTemplate, code_template

    try:
        return None if text is None else code_template(text)
    except BrokenTemplate as problem:
        raise ConfigurationError(f"--template {text}: {problem}") from problem


def _compare_of(way: str | None) -> str | None:
    from daytona_validate._core.comparison import ACCEPTED, comparison

    if comparison(way) is None:
        raise ConfigurationError(f"--compare {way}: accepts {ACCEPTED}")
    return way


def language_of(name: str) -> str:
    """Return the table's name of a language that an option names.

    Raises:
        ConfigurationError: There is none; the caller's fault.
    """
    from daytona_validate._core.languages.table import (
        LANGUAGES,
        find_language,
        nearest_name,
    )

    language = find_language(name)
    if language is None:
        near = nearest_name(name)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(LANGUAGES)}"
        raise ConfigurationError(f"no language is called {name!r}: {hint}")
    return language.name


def tests_option(command: Command) -> Command:
    """Add the option that runs the snippets' tests."""
    return click.option(
        "--tests",
        "run_tests",
        is_flag=True,
        help="Run the tests of snippets that have any, in place of the program.",
    )(command)


@dataclass(frozen=True, slots=True)
class Selection:
    """Filter of snippets, and the options that each gets."""

    languages: frozenset[str] = frozenset()
    """Names in the table; empty: all languages."""
    timeout_s: float | None = None
    """Time limit of snippets without one of their own; None: the one of the settings."""
    run_tests: bool = False
    """Whether the snippets' tests are run."""
    passed_once: PassedOnce | None = None
    """What else they must do to pass; None: nothing."""
    marked: MarkedBlocks = ALL_BLOCKS
    changed: ChangedBlocks | None = None
    """None: what has not changed is selected, too."""
    last_run: LastRun | None = None
    """None: what passed in it is selected, too."""

    def of(self, snippets: Iterable[CourseSnippet]) -> Iterator[CourseSnippet]:
        """Yield the selected snippets, each with the options."""
        return filter(self.has, self.with_options(snippets))

    def has(self, course: CourseSnippet) -> bool:
        """Whether a snippet is selected; one that names no language always is.

        Of a block that was not told what its page depends on, nobody knows that it passed with it.
        """
        is_in = self.has_language_of(course) and self.left_out(course) is None
        is_in = is_in and (self.changed is None or self.changed.has(course))
        return is_in and (self.last_run is None or self._has_to_run(course, self.last_run))

    def has_language_of(self, course: CourseSnippet) -> bool:
        """Whether a snippet is selected as far as its language tells."""
        from daytona_validate._core.languages.table import find_language

        language = find_language(course.snippet.language)
        name = course.snippet.language if language is None else language.name
        return not self.languages or not name or name in self.languages

    def left_out(self, course: CourseSnippet) -> str | None:
        """Return why a snippet is left out by its marks, for people; None: it is not."""
        config = course.config
        marked = self.marked.or_else(marked_blocks(config.only_marked, config.skip_marked))
        return marked.why_not(course.marks.words)

    def counted(self, collection: Collection) -> Iterator[CourseSnippet]:
        """Yield all snippets; the collection counts those that are left out by their marks."""
        for course in collection:
            if self.left_out(course) is not None:
                collection.leave_out(course)
            yield course

    @staticmethod
    def _has_to_run(course: CourseSnippet, last_run: LastRun) -> bool:
        from daytona_validate._courses.input_fingerprint import input_fingerprint

        return last_run.has_to_run(input_fingerprint(course), course.page_fingerprint)

    def with_options(self, snippets: Iterable[CourseSnippet]) -> Iterator[CourseSnippet]:
        """Yield all snippets, each with the options; those not selected may run before others."""
        for course in snippets:
            snippet = course.snippet
            own_timeout_s = snippet.timeout_s
            selected = replace(
                snippet,
                timeout_s=self.timeout_s if own_timeout_s is None else own_timeout_s,
                run_tests=self.run_tests or snippet.run_tests,
                **(self.passed_once.fields if self.passed_once else {}),
            )
            yield replace(course, snippet=selected)
