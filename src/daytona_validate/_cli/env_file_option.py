"""`--env-file`: with it the user says that a file's variables count like the environment's."""

from __future__ import annotations

from pathlib import Path

import click

env_file_option = click.option(
    "--env-file",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Take all settings from this file, also key and address. A folder's .env counts less.",
)
