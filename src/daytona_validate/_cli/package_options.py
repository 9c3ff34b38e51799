"""The options for packages, and what the user has allowed a course to have installed.

A course's own configuration can only wish for packages. What is allowed once is remembered list by
list in the user's state folder, never in the course: another list is asked for anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daytona_validate._cli.shared_options import Command
from daytona_validate._errors import ConfigurationError

if TYPE_CHECKING:  # it costs more than the whole of --help
    from daytona_validate._cli.screen.screen import Screen

PackageLists = Mapping[str, tuple[str, ...]]
"""By a language's name in the table."""


@dataclass(frozen=True, slots=True)
class PackageChoice:
    """Permission to install packages."""

    allows_wishes: bool = False
    """Whether what the course asks for is allowed, now and from now on."""
    named: PackageLists = field(default_factory=dict[str, tuple[str, ...]])
    """Those that the user names."""


NO_CHOICE = PackageChoice()


def package_options(command: Command) -> Command:
    """Add the options; `package_choice` takes their values."""
    command = click.option(
        "--packages",
        "packages",
        multiple=True,
        metavar="LANGUAGE=NAMES",
        help="Install packages ahead of the run: python=numpy,pandas. May be given several times.",
    )(command)
    return click.option(
        "--allow-packages",
        is_flag=True,
        help="Install the packages that the course's configuration asks for; they are remembered, "
        "and other ones are asked for again.",
    )(command)


def package_choice(named: Iterable[str], *, allows_wishes: bool) -> PackageChoice:
    """Return what the values of `package_options` say.

    Raises:
        ConfigurationError: A list is refused; the caller's fault.
    """
    from daytona_validate._cli.course_options import language_of
    from daytona_validate._core.package_names import packages_refusal

    lists: dict[str, tuple[str, ...]] = {}
    for text in named:
        name, is_pair, names = text.partition("=")
        packages = tuple(names.replace(",", " ").split())
        if not is_pair or not packages:
            raise ConfigurationError(f"--packages {text}: write it as python=numpy,pandas")
        language = language_of(name)
        lists = merged(lists, {language: packages})
        problem = packages_refusal(language, lists[language])
        if problem is not None:
            raise ConfigurationError(f"--packages {text}: {problem}")
    return PackageChoice(allows_wishes, lists)


def merged(one: PackageLists, other: PackageLists) -> dict[str, tuple[str, ...]]:
    """Return the packages of both, by language."""
    return {
        language: tuple(dict.fromkeys((*one.get(language, ()), *other.get(language, ()))))
        for language in sorted({*one, *other})
    }


def without(lists: PackageLists, others: PackageLists) -> dict[str, tuple[str, ...]]:
    """Return packages but for those of others, by language."""
    left = {
        language: tuple(each for each in names if each not in others.get(language, ()))
        for language, names in lists.items()
    }
    return {language: names for language, names in left.items() if names}


def wished_packages(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return what the configurations of courses ask for: those above the paths, and below.

    Raises:
        ConfigurationError: A configuration is wrong.
    """
    from daytona_validate._courses.collect import STDIN
    from daytona_validate._courses.config_files import CONFIG_NAMES, CourseConfigs
    from daytona_validate._courses.course_files import course_files

    configs = CourseConfigs()
    wishes: dict[str, tuple[str, ...]] = {}
    for path in paths:
        if path == STDIN:
            continue
        found = [path]
        if Path(path).is_dir():
            names = course_files(path, wanted=lambda name: name in CONFIG_NAMES)
            found = [str(Path(path) / "x"), *(each for each in names if isinstance(each, str))]
        for each in found:
            wishes = merged(wishes, configs.of_file(each).packages)
    return wishes


def allowed_packages(
    choice: PackageChoice, wishes: PackageLists, *, environ: Mapping[str, str], screen: Screen
) -> dict[str, tuple[str, ...]]:
    """Return the packages to install, and remember what was allowed.

    Args:
        choice: What the options say.
        wishes: What the course asks for.
        environ: Tells where the user's state folder is.
        screen: Told what is not installed, and how it would be.
    """
    allowed = dict(choice.named)
    file = _state_file(environ)
    known = _remembered(file)
    refused: list[str] = []
    for language, names in wishes.items():
        missing = sorted(set(names) - set(choice.named.get(language, ())))
        if not missing:
            continue
        if choice.allows_wishes:
            known.add((language, *missing))
        elif (language, *missing) not in known:
            refused.append(f"{' '.join(missing)} ({language})")
            continue
        allowed = merged(allowed, {language: tuple(missing)})
    if choice.allows_wishes:
        _remember(file, known, screen)
    if refused:
        screen.note(
            f"the course asks for packages, which are not installed: {', '.join(refused)}; "
            "to install them: --allow-packages"
        )
    return allowed


def _state_file(environ: Mapping[str, str]) -> Path | None:
    """Return where it is remembered; None: there is no place of the user's."""
    state, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if os.path.isabs(state):  # noqa: PTH117 - a text is all that is asked for
        folder = Path(state)
    elif os.path.isabs(home):  # noqa: PTH117 - as above
        folder = Path(home) / ".local" / "state"
    else:
        return None
    return folder / "daytona-validate" / "allowed-packages.json"


def _remembered(file: Path | None) -> set[tuple[str, ...]]:
    try:
        lists = json.loads(file.read_text("utf-8")) if file is not None else []
    except (OSError, ValueError, RecursionError):
        return set()
    lists = lists if isinstance(lists, list) else []
    return {tuple(map(str, each)) for each in lists if isinstance(each, list)}


def _remember(file: Path | None, lists: set[tuple[str, ...]], screen: Screen) -> None:
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(sorted(lists)), "utf-8")
        new.replace(file)
    except OSError as error:
        screen.note(f"the allowed packages are not remembered: {error}")
