"""Prints what docutils finds on pages of reStructuredText: an independent reader of its blocks.

A program of its own: docutils is installed for one test. Directives of Sphinx that it does not know
are taken for containers; their bodies are read as text. Stdin has a JSON array of pages; stdout,
for each, an array of `[line, word, code]`.
"""

from __future__ import annotations

import io
import json
import sys
from importlib import import_module
from typing import Any, cast

nodes: Any = import_module("docutils.nodes")
frontend: Any = import_module("docutils.frontend")
new_document: Any = import_module("docutils.utils").new_document
rst: Any = import_module("docutils.parsers.rst")

CODE = frozenset({"code", "code-block", "code-tab", "sourcecode", "testcode", "testoutput"})


class AnyOption(dict[str, Any]):
    """Options of a directive that takes any."""

    def __missing__(self, _name: str) -> Any:
        return rst.directives.unchanged

    def __bool__(self) -> bool:
        return True


def run_code(directive: Any) -> list[Any]:
    """Keep the code of a directive."""
    word = " ".join(directive.arguments).partition(" ")[0]
    found.append((directive.lineno, word, "\n".join(directive.content)))
    return []


def run_container(directive: Any) -> list[Any]:
    """Read the body of a directive as text."""
    container = nodes.container()
    directive.state.nested_parse(directive.content, directive.content_offset, container)
    return [container]


def directive_class(run: Any) -> Any:
    """Return a directive that takes all that a page may give it."""
    fields = {
        "has_content": True,
        "optional_arguments": 1,
        "final_argument_whitespace": True,
        "option_spec": AnyOption(),
        "run": run,
    }
    return type("Directive", (rst.Directive,), fields)


found: list[tuple[int, str, str]] = []
OF_CODE, OF_TEXT = directive_class(run_code), directive_class(run_container)


def known(name: str, _language: Any, _document: Any) -> tuple[Any, list[Any]]:
    """Return the class of a directive, whatever its name."""
    return OF_CODE if name.lower() in CODE else OF_TEXT, []


def blocks(page: str) -> list[tuple[int, str, str]]:
    """Return the blocks of a page in their order."""
    found.clear()
    settings = frontend.get_default_settings(rst.Parser)
    settings.report_level, settings.halt_level = 5, 6
    settings.warning_stream = io.StringIO()
    document = new_document("page", settings)
    rst.Parser().parse(page, document)
    doctests = document.findall(nodes.doctest_block)
    found.extend((each.line, "python", each.astext()) for each in doctests)
    return sorted(found)


if __name__ == "__main__":
    rst.states.directives.directive = known
    pages = cast("list[str]", json.load(sys.stdin))
    json.dump([blocks(each) for each in pages], sys.stdout)
