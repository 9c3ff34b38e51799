"""The command `languages`: the table of languages, and which of them can be used here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.shared_options import output_format_option

if TYPE_CHECKING:  # they cost more than the whole of --help
    from daytona_validate._cli.this_host import ToolchainState
    from daytona_validate._core.languages.language import Language

EPILOG = """\b
Examples:
  daytona-validate languages
  daytona-validate languages --output-format json
"""


@click.command(epilog=EPILOG)
@output_format_option("text", "json")
def languages(*, output_format: str) -> None:
    """List the languages and whether they can be used here.

    HERE is the version of the local sandbox, as the sandbox itself reports it; a toolchain that is
    not prepared yet is prepared. REFERENCE is the image that defines a language's version, and
    DAYTONA the one that sandboxes there are made from. A star marks a version that differs.
    """
    rows = [_language_here(language, states) for states in [_states()] for language in _table()]
    if output_format == "json":
        click.echo(json.dumps({"schema_version": 1, "languages": [row.value() for row in rows]}))
        return
    from daytona_validate._cli.screen.columns import columns

    head = ("LANGUAGE", "ALIASES", "SUFFIXES", "ENTRY FILE", "REFERENCE", "DAYTONA", "HERE")
    click.echo(columns([head, *(row.cells() for row in rows)]), nl=False)
    for problem in dict.fromkeys(row.state.text for row in rows if not row.state.is_usable):
        names = ", ".join(row.language.name for row in rows if row.state.text == problem)
        click.echo(f"{names}: {problem}", err=True)


@dataclass(frozen=True, slots=True)
class _LanguageHere:
    language: Language
    state: ToolchainState
    is_reference: bool | None
    """Whether the version here is the reference's; None if there is none here."""

    def cells(self) -> tuple[str, ...]:
        each = self.language
        here = self.state.text if self.state.is_usable else "no"
        star = " *" if self.is_reference is False else ""
        return (
            each.name,
            ", ".join(each.aliases),
            ", ".join(each.suffixes),
            each.entry_file,
            each.image,
            each.pulled_as or each.image,
            f"{here}{star}",
        )

    def value(self) -> Mapping[str, object]:
        each = self.language
        return {
            "name": each.name,
            "title": each.title,
            "aliases": each.aliases,
            "suffixes": each.suffixes,
            "image": each.image,
            "entry_file": each.entry_file,
            "daytona": {"image": each.pulled_as or each.image},
            "local": {
                "is_usable": self.state.is_usable,
                "toolchain": self.state.name,
                "version": self.state.text if self.state.is_usable else None,
                "is_reference": self.is_reference,
                "problem": None if self.state.is_usable else self.state.text,
            },
        }


def _table() -> list[Language]:
    from daytona_validate._core.languages.table import LANGUAGES

    return list(LANGUAGES.values())


def _language_here(language: Language, states: Mapping[str, ToolchainState]) -> _LanguageHere:
    from daytona_validate._core.version_drift import is_drifted

    state = states[language.toolchain]
    is_reference = not is_drifted(language, state.text) if state.is_usable else None
    return _LanguageHere(language, state, is_reference)


def _states() -> Mapping[str, ToolchainState]:
    from daytona_validate._cli.command_settings import local_settings
    from daytona_validate._cli.screen.interrupt import run_until_interrupted
    from daytona_validate._cli.screen.screen import Screen
    from daytona_validate._cli.this_host import (
        ToolchainState,
        toolchain_names,
        toolchain_states,
    )
    from daytona_validate._errors import SandboxUnavailable

    screen = Screen()
    settings = local_settings(screen)
    try:
        states = run_until_interrupted(
            lambda: toolchain_states(settings, screen.note), say=screen.error
        )
    except SandboxUnavailable as error:
        return {name: ToolchainState(name, False, str(error)) for name in toolchain_names()}
    return {state.name: state for state in states}
