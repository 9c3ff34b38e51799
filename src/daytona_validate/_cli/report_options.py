"""The options that say what reports tell."""

from __future__ import annotations

import click

explain_option = click.option(
    "--explain",
    "explains",
    is_flag=True,
    help="List the places of each cause for which snippets did not pass.",
)
