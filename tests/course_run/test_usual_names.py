"""Names that many blocks of a page, or many pages of a site, use and nothing makes."""

from __future__ import annotations

import pytest

from blocks_of_pages import block, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.site import NO_SITE, Site
from daytona_validate._course_run.usual_names import is_usual
from daytona_validate._models import MissingKind, Outcome
from growth import assert_linear

MODULE = MissingKind.MODULE


def outcome(
    code: str,
    name: str,
    *others: str,
    language: str = "javascript",
    kind: MissingKind = MissingKind.NAME,
    site: Site = NO_SITE,
) -> Outcome:
    """Return what becomes of the first block of a page that lacks a name."""
    blocks = [block(each, language=language) for each in (code, *others)]
    page = CoursePage(blocks, RunRules(), site=site)
    failed = result(Outcome.RUNTIME_ERROR, name, kind=kind, language=language)
    return as_gap(page, 0, failed).outcome


@pytest.mark.parametrize(
    ("name", "others", "is_gap"),
    [
        ("reply", ["reply.send(1)"] * 4, True),
        ("reply", ["reply.send(1)"] * 4 + ["rep.send(1)"] * 3, True),
        ("R", ["R.map(1)"] * 4, True),
        ("R", ["r.map(1)"] * 4, False),
        ("reply", ["reply.send(1)"] * 4 + ["rep.send(1)"] * 4, False),
        ("reply", ["reply.send(1)"] * 4 + ["function f() {\n  const reply = 1\n}"], False),
        ("repl", ["rep.send(1)"] * 4, False),
        ("lodash", ["lodash.map(1)"] * 4, False),
        ("proces", ["proces.exit()"] * 4, False),
    ],
)
def test_a_name_of_many_blocks(name: str, others: list[str], *, is_gap: bool) -> None:
    found = outcome(f"{name}.send(2)", name, *others)
    assert found is (Outcome.NOT_RUNNABLE if is_gap else Outcome.RUNTIME_ERROR)


@pytest.mark.parametrize(
    ("code", "others", "is_gap"),
    [
        ("bake(url)", ["eat(url)"], True),
        ("bake(url)", [], False),
        ("bake(url)", ["eat(url)", "url.parse(a)"], False),
        ("bake(url)", ["eat(url)", "url (a)"], False),
        ("url.parse(a)", ["eat(url)"], False),
        ("bake(url)", ["eat(url)", "function f() {\n  const url = 1\n}"], False),
    ],
)
def test_a_value_that_has_a_modules_name(code: str, others: list[str], *, is_gap: bool) -> None:
    found = outcome(code, "url", *others)
    assert found is (Outcome.NOT_RUNNABLE if is_gap else Outcome.RUNTIME_ERROR)


def test_python_has_no_such_rule() -> None:
    others = ["reply.send(1)"] * 4 + ["rep.send(1)"]
    assert outcome("reply.send(2)", "reply", *others, language="python") is Outcome.RUNTIME_ERROR


def test_a_name_whose_methods_many_pages_call() -> None:
    site = Site(instances=frozenset({"shop", "proces"}))
    assert outcome("shop.open()", "shop", site=site) is Outcome.NOT_RUNNABLE
    assert outcome("shop.open()", "shop") is Outcome.RUNTIME_ERROR
    assert outcome("shop.open()\nship.sail()", "shop", site=site) is Outcome.RUNTIME_ERROR
    asked = "const box = await shop.open();\nlet lid;\nuse(lid);"
    assert outcome(asked, "shop", site=site) is Outcome.NOT_RUNNABLE
    unread = "const market = open();\nshop.open();"
    assert outcome(unread, "shop", site=site) is Outcome.RUNTIME_ERROR
    assert outcome("proces.exit()", "proces", site=site) is Outcome.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("code", "others", "is_gap"),
    [
        ("import { a } from './equals.js'", ["b.replace('./equals.js', c)"], True),
        ("import { a } from './map.js'", ["import { b } from './tap.js'"], False),
        ("import { a } from './map.js'", ["import './tap.js'", "import './map.js'"], True),
        ("import { a } from './map.js'", ["fs.writeFileSync('./map.js', b)"], False),
        ("import { a } from './map.js'", ["fs.writeFileSync('map.js', b)"], False),
    ],
)
def test_a_module_of_the_readers(code: str, others: list[str], *, is_gap: bool) -> None:
    name = "/work/" + code.split("./")[1].rstrip("'")
    found = outcome(code, name, *others, kind=MODULE)
    assert found is (Outcome.NOT_RUNNABLE if is_gap else Outcome.RUNTIME_ERROR)


@pytest.mark.parametrize(
    ("code", "name", "kind", "is_gap"),
    [
        ("load('/srv/rye.mjs')", "/srv/rye.mjs", MODULE, True),
        ("load('/srv/rye.mjs')", "/srv/oats.mjs", MODULE, False),
        ("read('/srv/rye.key')", "/srv/rye.key", MissingKind.FILE, True),
        ("read(join(a, '..', 'rye.key'))", "/rye.key", MissingKind.FILE, True),
        ("read(join(a, '..', 'oats.key'))", "/rye.key", MissingKind.FILE, False),
        ("read('rye.key'); read('ryes.key')", "/rye.key", MissingKind.FILE, False),
    ],
)
def test_a_file_elsewhere(code: str, name: str, kind: MissingKind, *, is_gap: bool) -> None:
    found = outcome(code, name, kind=kind)
    assert found is (Outcome.NOT_RUNNABLE if is_gap else Outcome.RUNTIME_ERROR)


def test_it_is_linear() -> None:
    for piece in ("a ", "ab cd ", "R.", "'./a' "):
        assert_linear(lambda code: is_usual("ab", [code] * 4, "javascript"), piece)
