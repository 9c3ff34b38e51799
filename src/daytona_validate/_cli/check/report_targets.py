"""The targets of `--report FORMAT=PATH`: formats and paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Format and path of one report file."""

    format_name: str
    path: Path


def parse_targets(texts: Sequence[str], *, formats: Sequence[str]) -> tuple[ReportTarget, ...]:
    """Return the targets of `--report FORMAT=PATH` options.

    Args:
        texts: The options as they were given.
        formats: The names of the formats there are.

    Raises:
        ConfigurationError: One of them cannot be meant; the caller's fault.
    """
    targets = tuple(_parse(text, formats) for text in texts)
    paths = [target.path for target in targets]
    for path in paths:
        if paths.count(path) > 1:
            raise ConfigurationError(f"--report: {path} is named twice, give each its own file")
    return targets


def _parse(text: str, formats: Sequence[str]) -> ReportTarget:
    name, equals, path_text = text.partition("=")
    if not equals or not path_text or name not in formats:
        raise ConfigurationError(
            f"--report {text}: give FORMAT=PATH, with a FORMAT of {', '.join(formats)}"
        )
    path = Path(path_text)
    if path.is_dir():
        raise ConfigurationError(f"--report {text}: {path} is a folder, name a file")
    if not path.parent.is_dir():
        raise ConfigurationError(f"--report {text}: there is no folder {path.parent}")
    return ReportTarget(name, path)
