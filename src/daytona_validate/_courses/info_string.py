"""Reads the info string of a fenced block, in the dialects that course makers write.

The rule that decides the language is the plain one: the first word, lower-cased, ends at
white space, `{`, `,` or `:`. So `Python`, `js run`, `python title="a b"`, `ts{1,3}`,
`rust,ignore` and `python:demo.py -s 2` all name their language. Only where that word would
be empty, because the string begins with a brace, are two more dialects tried:

* Pandoc's attributes: `{.python #id key=value}`;
* directives of MyST and Quarto: `{python}`, `{python, echo=FALSE}`, `{code-block} python`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\s{,:]+")
_DIRECTIVE = re.compile(r"\{\s*([^\s{},:.#=]+)([^{}]*)\}\s*(.*)", re.DOTALL)
_PANDOC = re.compile(r"\{\s*([.#][^{}]*)\}")
_TOKEN = re.compile(
    r"""(?P<key>[^\s{},="']+)\s*=\s*
        (?: "(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<braced>\{[^{}]*\})
          | (?P<bare>[^\s{},]*) )
      | (?P<flag>[^\s{},]+)""",
    re.VERBOSE,
)

CODE_DIRECTIVES = frozenset({"code", "code-block", "code-cell", "sourcecode"})
"""Directives whose body is code and whose argument is its language."""

DOCTEST_DIRECTIVES = frozenset({"doctest", "testcode", "testsetup"})
"""Sphinx's directives whose body is Python: a session, or a program."""

KERNELS = {"ipython": "python", "ipython2": "python", "ipython3": "python"}
"""MyST names a notebook's kernel where others name the language."""


def kernel_of(metadata: Mapping[str, str]) -> str:
    """Return the language of the kernel that metadata names; empty if it names none."""
    keys = ("kernelspec.language", "language_info.name", "kernelspec.name")
    names = (metadata.get(key, "").lower() for key in keys)
    word = next((name for name in names if name not in ("", "null")), "")
    return KERNELS.get(word, word)


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoString:
    """What the info string of one fence says."""

    word: str
    """The language as written, lower-cased; empty if there is none."""
    attrs: Mapping[str, str] = field(default_factory=dict[str, str])
    """`key=value` pairs; an `#id` is the key `id`."""
    flags: tuple[str, ...] = ()
    """All other words in order: `run`, `ignore`, classes without their dot, `{1,3}` as `1`, `3`."""
    directive: str = ""
    """The name in braces, if the fence is a directive: `code-cell`, but also `python` or `note`."""

    @property
    def names_language(self) -> bool:
        """Whether the word is meant as a language; that of `{note}` may be none."""
        return bool(self.word) and (not self.directive or self.directive in CODE_DIRECTIVES)


def parse_info(info: str) -> InfoString:
    """Return what an info string says; any string is accepted."""
    text = info.strip()
    if not text.startswith("{"):
        word = _WORD.match(text)
        name = word.group() if word else ""
        attrs, flags = _attributes(text[len(name) :])
        return InfoString(word=name.lower(), attrs=attrs, flags=flags)
    pandoc = _PANDOC.match(text)
    if pandoc:
        return _pandoc(pandoc.group(1))
    directive = _DIRECTIVE.match(text)
    return _directive(*directive.groups()) if directive else InfoString(word="")


def _pandoc(inside: str) -> InfoString:
    """Read Pandoc's attributes: the first class is the language."""
    attrs, flags = _attributes(inside)
    classes = [flag[1:] for flag in flags if flag.startswith(".")]
    others = [flag for flag in flags if not flag.startswith((".", "#"))]
    attrs |= [("id", flag[1:]) for flag in flags if flag.startswith("#")]
    word = classes[0].lower() if classes else ""
    return InfoString(word=word, attrs=attrs, flags=(*classes[1:], *others))


def _directive(name: str, inside: str, argument: str) -> InfoString:
    """Read a directive: the language is its argument, or its very name."""
    directive = name.lower()
    if directive not in CODE_DIRECTIVES:
        attrs, flags = _attributes(f"{inside} {argument}")
        return InfoString(word=directive, attrs=attrs, flags=flags, directive=directive)
    word = _WORD.match(argument)
    language = word.group().lower() if word else ""
    attrs, flags = _attributes(argument[len(language) :])
    name = KERNELS.get(language, language) or directive
    return InfoString(word=name, attrs=attrs, flags=flags, directive=directive)


def words_and_pairs(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield in order the words of a text, each with None, and its `key=value` pairs."""
    for token in _TOKEN.finditer(text):
        if token["flag"] is not None:
            yield token["flag"], None
            continue
        values = (token[kind] for kind in ("double", "single", "braced", "bare"))
        yield token["key"], next(value for value in values if value is not None)


def _attributes(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Split the rest of an info string into pairs and flags."""
    found = list(words_and_pairs(text))
    attrs = {key: value for key, value in found if value is not None}
    return attrs, tuple(word for word, value in found if value is None)
