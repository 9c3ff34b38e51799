"""What a course says of itself in its configuration, checked and typed.

The file may be a stranger's. So nothing in it sends code anywhere, opens a network or installs:
packages are a wish, and the paths in it stay inside its folder.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from daytona_validate._core.dialect import OF_MARKDOWN, Dialect
from daytona_validate._core.languages.table import LANGUAGES, find_language
from daytona_validate._core.package_names import packages_refusal
from daytona_validate._errors import ConfigurationError

SESSIONS = ("auto", "none", "page", "section")
OUTPUTS = ("comments", "fences", "notebook")
LIMIT_KEYS = frozenset(
    {
        "timeout",
        "timeouts",
        "compile_timeout",
        "memory_mib",
        "processes",
        "open_files",
        "disk_mib",
        "kept_output_kib",
        "max_output_mib",
        "max_code_kib",
    }
)
"""Keys of the same table that are settings: they count in the file of the working folder."""
USER_KEYS = frozenset(
    {
        *("api_key", "base_url", "cache_dir", "concurrency", "cpu", "create_attempts", "network"),
        *("create_timeout", "machine_slots", "max_queue", "provider", "queue_timeout", "target"),
        *("request_timeout", "snippets_per_sandbox", "total_timeout", "packages_timeout"),
        "python_engine",
    }
)
"""Settings that only the user decides: a course may be a stranger's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseConfig:
    """Configuration of the course that a file belongs to: that of the nearest folder above it."""

    folder: str = ""
    """The folder that the configuration stands in, and that its paths are in; empty: there is
    none."""
    source: str = ""
    """The file, for people."""
    session: str | None = None
    """One of `SESSIONS`; None: it does not say."""
    exclude: tuple[str, ...] = ()
    """Patterns of files below the folder that are not read, as in `.gitignore`."""
    strip: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    """Of `OUTPUTS`: which shown outputs are compared; none: it does not say."""
    setup: Mapping[str, str] = field(default_factory=dict[str, str])
    """By language: the file in the folder that runs before each page."""
    files: tuple[str, ...] = ()
    """Patterns of files in the folder that are put beside each snippet."""
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By language: a wish. Nothing is installed until the user allows it."""
    dialect: Dialect | None = None
    skip_marked: tuple[str, ...] = ()
    only_marked: tuple[str, ...] = ()


NO_CONFIG = CourseConfig()


def course_config(table: Mapping[str, object], *, source: str, folder: str) -> CourseConfig:
    """Return what the table of a configuration file says of a course.

    Args:
        table: Its keys and values, those of settings too.
        source: The file, for people.
        folder: The folder that the file is in.

    Raises:
        ConfigurationError: A key is not known, or a value makes no sense; the message names the
            file. The fault of whoever wrote it.
    """
    values: dict[str, object] = {}
    for name, value in table.items():
        key = name.replace("-", "_")
        if key in LIMIT_KEYS:
            continue
        read = _KEYS.get(key)
        if key in USER_KEYS:
            raise ConfigurationError(f"{name} cannot be set in {source}, which may be a stranger's")
        if read is None:
            near = difflib.get_close_matches(key, [*_KEYS, *LIMIT_KEYS], n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ConfigurationError(f"{source} has an unknown key {name!r}{hint}")
        try:
            values[key] = read(value)
        except _Wrong as problem:
            raise ConfigurationError(f"{name} in {source} {problem}") from problem
    return CourseConfig(folder=folder, source=source, **values)  # type: ignore[arg-type] # by _KEYS


class _Wrong(Exception):
    """A value is wrong; the message goes on after the key. Never leaves this module."""


def _one_of(choices: Iterable[str]) -> Callable[[object], str]:
    names = tuple(choices)

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise _Wrong(f"accepts {', '.join(names)}")
        return value

    return read


def _dialect(value: object) -> Dialect:
    return Dialect(_one_of(OF_MARKDOWN)(value))


def _texts(value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(each, str) and each for each in texts):
        raise _Wrong("accepts a text or a list of texts")
    return tuple(texts)


def _outputs(value: object) -> tuple[str, ...]:
    return tuple(map(_one_of(OUTPUTS), _texts(value)))


def _paths(value: object) -> tuple[str, ...]:
    return tuple(map(_inside, _texts(value)))


def _inside(path: str) -> str:
    """Return a path that stays in the folder of the file that names it."""
    parts = path.split("/")
    if path.startswith(("/", "~")) or ".." in parts or "\\" in path or "\0" in path:
        raise _Wrong(f"accepts paths inside the folder, unlike {path!r}")
    return path


def _setup(value: object) -> dict[str, str]:
    """Return a set-up file by language: a text names one whose suffix says it."""
    if not isinstance(value, dict):
        by_suffix = ((_language_of_suffix(path), path) for path in _paths(value))
        return dict(by_suffix)
    return {_language(name): _inside(_text(path)) for name, path in value.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong("accepts texts, by language")
    return value


def _language_of_suffix(path: str) -> str:
    suffix = "." + path.rpartition(".")[2].lower()
    for language in LANGUAGES.values():
        if suffix in language.suffixes:
            return language.name
    raise _Wrong(f"accepts source files by their suffix, unlike {path!r}")


def _language(name: object) -> str:
    language = find_language(str(name))
    if language is None:
        raise _Wrong(f"names no language: {name!r}")
    return language.name


def _packages(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise _Wrong("accepts a table: a list of packages by language")
    found: dict[str, tuple[str, ...]] = {}
    for name, each in value.items():
        packages = tuple(each.replace(",", " ").split()) if isinstance(each, str) else _texts(each)
        problem = packages_refusal(_language(name), packages)
        if problem:
            raise _Wrong(f"is refused: {problem}")
        found[_language(name)] = packages
    return found


_KEYS: Mapping[str, Callable[[object], object]] = {
    "session": _one_of(SESSIONS),
    "exclude": _texts,
    "strip": _texts,
    "outputs": _outputs,
    "setup": _setup,
    "files": _paths,
    "packages": _packages,
    "dialect": _dialect,
    "skip_marked": _texts,
    "only_marked": _texts,
}
COURSE_KEYS = frozenset(_KEYS)
"""The keys that are of a course; `packages` is a setting, too."""
