"""The options about what authors write beside and into their code: marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import click

from daytona_validate._cli.shared_options import Command


def mark_options(command: Command) -> Command:
    """Add the options that select blocks by their marks."""
    command = click.option(
        "--skip-marked",
        multiple=True,
        metavar="WORD",
        help="Leave out blocks with this word in their info string, a comment or a tag.",
    )(command)
    return click.option(
        "--only-marked",
        multiple=True,
        metavar="WORD",
        help="Only blocks with this word in their info string, a comment or a tag.",
    )(command)


def strip_option(command: Command) -> Command:
    """Add the option that takes an author's marks out of code."""
    return click.option(
        "--strip",
        multiple=True,
        metavar="TEXT",
        help="Take this out of the code of pages, as their builder does; lines keep their numbers.",
    )(command)


def outputs_option(command: Command) -> Command:
    """Add the option that compares outputs with those that pages show."""
    return click.option(
        "--outputs",
        multiple=True,
        type=click.Choice(["comments", "fences", "notebook"]),
        help="Compare what is printed with what pages show: in comments after print (# 42), in the "
        "fence after a block, stored in a notebook; may be given several times.",
    )(command)


def update_outputs_option(command: Command) -> Command:
    """Add the option that rewrites the outputs that pages show."""
    return click.option(
        "--update-outputs",
        "updates_outputs",
        is_flag=True,
        help="Rewrite the outputs that pages show, in sessions and by --outputs comments and "
        "fences, to what was printed. The exit code is of what was there before.",
    )(command)


@dataclass(frozen=True, slots=True)
class MarkedBlocks:
    """Filter of blocks by the words beside them."""

    only: frozenset[str] = frozenset()
    """One of them must be there; empty: none needs to be."""
    without: frozenset[str] = frozenset()
    """None of them may be there."""

    def has(self, words: frozenset[str]) -> bool:
        """Whether a block with these words is selected."""
        return self.why_not(words) is None

    def why_not(self, words: frozenset[str]) -> str | None:
        """Return why a block with these words is left out, for people; None: it is selected."""
        if self.without & words:
            return f"marked {', '.join(sorted(self.without & words))} (skip_marked)"
        if self.only and not self.only & words:
            return f"not marked {' or '.join(sorted(self.only))} (only_marked)"
        return None

    def or_else(self, other: MarkedBlocks) -> MarkedBlocks:
        """Return this filter and, where it says nothing, what a folder's configuration says."""
        return MarkedBlocks(self.only or other.only, self.without or other.without)


ALL_BLOCKS = MarkedBlocks()


def marked_blocks(only: Iterable[str], without: Iterable[str]) -> MarkedBlocks:
    """Return the filter that the values of `mark_options` name, in any spelling."""
    from daytona_validate._courses.marks import plain_word

    return MarkedBlocks(frozenset(map(plain_word, only)), frozenset(map(plain_word, without)))
