"""Imports that the pages of a site show for the package it documents, by the names they bind.

Pages of a library's documentation import it once and use it for ever. The package is the one that
the site's project is named after, else the one that its pages import far more than any other. It
errs towards no package: a course that uses some of them alike documents none.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from daytona_validate._core.missing_dependency import package_of

_MOST_CHARACTERS = 200_000
"""Of a page that are looked at."""
_LEAST_IMPORTS = 4
_LEAST_SHARE = 0.75
"""Of the imports that bind one name: where pages disagree, none is used."""
_PROMPT = r"(?:(?:>>>|\.\.\.|In ?\[\d{0,5}\]:) ?)?"
_PYTHON = re.compile(
    rf"^[ \t]{{0,40}}{_PROMPT}(?:from[ \t]+(?P<module>[\w.]{{1,100}})[ \t]+import[ \t]+"
    r"(?:\((?P<names>[^()]{1,2000})\)|(?P<name>[\w \t,*]{1,300}))"
    r"|import[ \t]+(?P<modules>[\w. \t,]{1,300}))(?:#.*|;.*)?$",
    re.MULTILINE,
)
_SCRIPT = re.compile(
    r"^[ \t]{0,40}import[ \t]+(?P<what>(?:[\w$]{1,80}[ \t]{0,9},?[ \t]{0,9})?"
    r"(?:\{[^{}]{0,2000}\}|\*[ \t]+as[ \t]+[\w$]{1,80})?)[ \t]{0,9}from[ \t]{0,9}"
    r"['\"](?P<from>[^'\"\n]{1,200})['\"]"
    r"|^[ \t]{0,40}(?:const|let|var)[ \t]+(?P<made>[\w$]{1,80}|\{[^{}]{0,2000}\})[ \t]{0,9}="
    r"[ \t]{0,9}require\([ \t]{0,9}['\"](?P<required>[^'\"\n]{1,200})['\"]"
    r"(?P<more>[ \t]{0,9}\)[ \t]{0,9}[(.\[])?",
    re.MULTILINE,
)
_REQUIRES = re.compile(r"const (.+) = require\('([^']+)'\);")
_ITEM = re.compile(r"(?:type[ \t]+)?([\w$*]+)(?:[ \t]*(?:as\b|:)[ \t]*([\w$]+))?")
_NO_NAME = re.compile(r"^[ \t]*\.\.\.|#.*", re.MULTILINE)
_TYPE_ONLY = re.compile(r"type[ \t]+(?=[{*])")
_OF_NODE = """
assert buffer child_process cluster crypto dns events fs http http2 https module net os path
perf_hooks process querystring readline stream string_decoder test timers tls tty url util v8 vm
worker_threads zlib
""".split()  # noqa: SIM905 - a table of words


@dataclass(frozen=True, slots=True)
class _Import:
    module: str
    name: str
    """That it binds; `*` for all."""
    statement: str
    """Empty: the name is of what the block makes of the module, such as `require(…)()`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteImports:
    """Import statements of a site's documented package."""

    module: str
    """Of the package, as most blocks import it."""
    statements: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the name that they bind; `*` for one that binds all."""
    is_named: bool = False
    """Whether the site's project has the package's name."""

    def shown(self, name: str) -> str | None:
        """Return the statement by which the site's pages import a name; None: there is none."""
        return self.statements.get(name) or self.statements.get("*")


def site_imports(
    pages: Iterable[str], language: str, project: str | None = None
) -> SiteImports | None:
    """Return what the pages of a site import from the package that they document.

    Args:
        pages: Their texts.
        language: `python`, or `javascript` for TypeScript, too.
        project: The name of the site's project; None: it is not known.
    """
    read = _READERS[language]
    found = [each for page in pages for each in read(page[:_MOST_CHARACTERS])]
    packages = Counter(filter(None, (_package(each.module, language) for each in found)))
    project = None if project is None else _normal(project)
    documented = _documented(packages, project)
    if documented is None:
        return None
    own = [each for each in found if _package(each.module, language) == documented]
    modules = Counter(_top(each.module, language) for each in own)
    [(module, _)] = modules.most_common(1)
    statements = _agreed(own)
    bound = {each.name for each in own}
    free = (name for name in modules if name.isidentifier() and name not in bound)
    statements |= {name: _WHOLE[language](name) for name in free}
    return SiteImports(module=module, statements=statements, is_named=documented == project)


def _documented(packages: Counter[str], project: str | None) -> str | None:
    """Return the package that a site documents, by its project or by what its pages import."""
    if project in packages:
        return project
    first, second, *_ = [*packages.most_common(2), ("", 0), ("", 0)]
    is_plain = first[1] >= _LEAST_IMPORTS and first[1] > 2 * second[1]
    return first[0] if is_plain else None


def _agreed(imports: Iterable[_Import]) -> dict[str, str]:
    """Return the statement for each name that nearly all imports of it agree on.

    An ES module's import and CommonJS's of the same thing agree.
    """
    by_name = defaultdict[str, Counter[str]](Counter)
    for each in imports:
        by_name[each.name][each.statement] += 1
    agreed: dict[str, str] = {}
    for name, statements in by_name.items():
        kinds = Counter[str]()
        for statement, count in statements.items():
            kinds[_as_module(statement)] += count
        [(kind, count)] = kinds.most_common(1)
        if kind and count >= _LEAST_SHARE * kinds.total():
            ordered = (statement for statement, _ in statements.most_common())
            agreed[name] = next(each for each in ordered if _as_module(each) == kind)
    return agreed


def _as_module(statement: str) -> str:
    """Return how an ES module would import what a statement of CommonJS does."""
    return _REQUIRES.sub(
        lambda found: f"import {found[1].replace(':', ' as')} from '{found[2]}';", statement
    )


def _python(page: str) -> Iterator[_Import]:
    for found in _PYTHON.finditer(page):
        module = found["module"]
        if module is None:
            yield from _modules(found["modules"])
            continue
        for name, alias in _items(_NO_NAME.sub("", found["names"] or found["name"])):
            bound = f"{name} as {alias}" if alias else name
            yield _Import(module, alias or name, f"from {module} import {bound}")


def _modules(names: str) -> Iterator[_Import]:
    for module, alias in re.findall(r"([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", names):
        bound = f"import {module} as {alias}" if alias else f"import {module}"
        yield _Import(module, alias or module.partition(".")[0], bound)


def _script(page: str) -> Iterator[_Import]:
    for found in _SCRIPT.finditer(page):
        module, what = found["from"] or found["required"], found["what"] or found["made"] or ""
        what = _TYPE_ONLY.sub("", what)
        is_required = found["required"] is not None
        default, _, braced = what.partition("{")
        whole = re.search(r"\*[ \t]+as[ \t]+([\w$]+)", default)
        single = re.match(r"[\w$]+", default)
        if whole:
            yield _Import(module, whole[1], f"import * as {whole[1]} from '{module}';")
        elif single and found["more"] is not None:
            yield _Import(module, single[0], "")
        elif single and is_required:
            yield _Import(module, single[0], f"const {single[0]} = require('{module}');")
        elif single:
            yield _Import(module, single[0], f"import {single[0]} from '{module}';")
        for name, alias in _items(braced.rstrip("} \t")):
            bound = alias or name
            parts = f"{name}: {alias}" if is_required else f"{name} as {alias}"
            inner = parts if alias else name
            statement = f"import {{ {inner} }} from '{module}';"
            if is_required:
                statement = f"const {{ {inner} }} = require('{module}');"
            yield _Import(module, bound, statement)


def _items(names: str) -> Iterator[tuple[str, str]]:
    for each in names.replace("\n", ",").split(","):
        item = _ITEM.fullmatch(each.strip())
        if item is not None:
            yield item[1], item[2] or ""


def _package(module: str, language: str) -> str:
    """Return the package that a module is of; empty for what the language or the page has."""
    top = _top(module, language)
    is_own = module.startswith((".", "/", "node:")) or top in _OWN[language]
    return "" if is_own else _normal(package_of(language, top))


def _top(module: str, language: str) -> str:
    if language == "python":
        return module.partition(".")[0]
    parts = module.split("/")
    return "/".join(parts[: 2 if module.startswith("@") else 1])


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


_READERS: Mapping[str, Callable[[str], Iterator[_Import]]] = {
    "python": _python,
    "javascript": _script,
}
_OWN = {"python": sys.stdlib_module_names, "javascript": frozenset(_OF_NODE)}
_WHOLE: Mapping[str, Callable[[str], str]] = {
    "python": lambda module: f"import {module}",
    "javascript": lambda module: f"import * as {module} from '{module}';",
}
