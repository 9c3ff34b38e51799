"""Warnings about ignored settings of the working folder: which, and how to let them count."""

from __future__ import annotations

from collections.abc import Iterator

from daytona_validate._reports.shell_word import shell_word
from daytona_validate._settings.command_line import DOTENV, CommandSettings, CommandSources
from daytona_validate._settings.names import key, variable

_OF_DAYTONA = frozenset({"api_key", "base_url", "network", "target", "cpu", "snippets_per_sandbox"})
_ALLOW_SOME = "to let some of it count: set that in the environment"
_ALLOW_ALL = f"to let all of it count: --env-file {DOTENV}"


def ignored_settings_warnings(
    sources: CommandSources, found: CommandSettings, *, is_local: bool
) -> Iterator[str]:
    """Yield one warning for each kind of ignored setting.

    Args:
        sources: What was read.
        found: The settings that count, and those that do not.
        is_local: Whether the user asked for this host, where Daytona's settings mean nothing.
    """
    if sources.dotenv_problem is not None:
        yield f"{DOTENV} is not read: {sources.dotenv_problem}; {_ALLOW_ALL}"
    left_out = [each for each in found.left_out if not (is_local and each in _OF_DAYTONA)]
    if "api_key" in left_out and sources.dotenv_key:
        yield (
            f"{variable('api_key')} in {DOTENV} counts only for files in this folder; "
            "to let it count: --provider daytona"
        )
        left_out = [each for each in left_out if each not in sources.dotenv_key]
    if left_out:
        names = ", ".join(variable(each) for each in left_out)
        yield f"not taken from {DOTENV}: {names}; {_ALLOW_SOME}; {_ALLOW_ALL}"
    if found.requested:
        yield _package_requests(found)
    for each in found.lowered:
        allowed = shell_word(f"{variable(each.field, each.language)}={each.asked}")
        yield (
            f"{key(each.field)} = {each.asked} in {each.source} counts as {each.most:g}, the most "
            f"that a folder may ask for here; to allow more: export {allowed}"
        )


def _package_requests(found: CommandSettings) -> str:
    asked = ", ".join(f"{' '.join(names)} ({each})" for each, names in found.requested.items())
    words = (
        f"{variable('packages', each)}="
        + shell_word(",".join((*found.settings.packages.get(each, ()), *names)))
        for each, names in found.requested.items()
    )
    return (
        f"pyproject.toml or .env asks for packages, which were not installed: {asked}; "
        f"to install them: export {' '.join(words)}"
    )
