"""Names of Python that a reader has from elsewhere, and slips of the pen, which nobody has."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from blocks_of_pages import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.bindings import bindings
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._course_run.set_up import NO_SET_UP, SetUp
from daytona_validate._course_run.site import NO_SITE, Site
from daytona_validate._courses.site_names import names_of_pages
from daytona_validate._models import MissingKind, Outcome
from for_each import for_each
from growth import assert_linear

SITE = Site(names={"shop": 2, "till": 1, "Parcel": 1})


def outcome(code: str, name: str, *others: str, site: Site = NO_SITE) -> Outcome:
    page = CoursePage([*map(block, (code, *others))], RunRules(), site=site)
    return as_gap(page, 0, result(Outcome.RUNTIME_ERROR, name)).outcome


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("shop.open()", "shop"),
        ("@shop.stall('/')\ndef stall():\n    return 1", "shop"),
        ("with shop.stall() as stall:\n    stall.open()", "shop"),
        ("print(Parcel(1).weight)", "Parcel"),
        ("class ParcelBox(Box):\n    item = Parcel", "Parcel"),
        ("Crate.weigh(1)\nCrate.weigh(2)", "Crate"),
        ("wagon.couple()\nwagon.uncouple()", "wagon"),
        ("def open(box):\n    return box + crate.lid + crate.top", "crate"),
        ("def open(self, _box, **kwargs):\n    return crate.lid + crate.top", "crate"),
        ("def open(box):\n    return Parcel(1)", "Parcel"),
        ("def open(box): ...\nprint(crate.lid + crate.top)", "crate"),
    ],
)
def test_a_name_of_the_readers_is_no_mistake(code: str, name: str) -> None:
    assert outcome(code, name, site=SITE) is Outcome.NOT_RUNNABLE


@for_each(
    ("code", "name"),
    [
        ("till.open()", "till"),
        ("crate.open()", "crate"),
        ("shops = 1\nprint(shop)", "shop"),
        ("market = load(1)\nshop.open()\ndef load(a): ...", "shop"),
        ("def start(): ...\nshop(1)", "shop"),
        ("shop = shop + 1", "shop"),
        ("class Parcels: ...\nprint(Parcel(1))", "Parcel"),
        ("class Parcelqxz: ...\nprint(Parcel(1))", "Parcel"),
        ("wagonage = 1\nwagon.couple()\nwagon.uncouple()", "wagon"),
        ("result = 1\nprint(output)\nprint(output.size)", "output"),
        ("pint(1)\npint(2)", "pint"),
        ("json.loads('')\njson.loads('')", "json"),
        ("crate.open(\ncrate.close()", "crate"),
        ("dumps(1)\ndumps(2)", "dumps"),
        ("basename(1)\nwagon.couple()", "basename"),
        ("def open(box):\n    return crate.lid + crate.top", "crate"),
        (
            "class Box:\n    def __init__(self, lid):\n        self.a = top\n        self.b = top",
            "top",
        ),
        ("boxes = [1]\nboxes.sort(key=lambda box: crate[0] + crate[1])", "crate"),
    ],
)
def test_a_name_that_may_be_a_slip_stays_a_mistake(code: str, name: str) -> None:
    assert outcome(code, name, site=SITE) is Outcome.RUNTIME_ERROR


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
@pytest.mark.parametrize("head", ["def first[Kind]", "def first[**Kind]", "def first[*Kind]"])
def test_a_type_parameter_is_no_other_name_that_a_block_lacks(head: str) -> None:
    assert (
        outcome(f"{head}(wagon: Kind) -> Kind:\n    return crate", "crate") is Outcome.RUNTIME_ERROR
    )


@for_each(
    ("code", "others", "is_readers"),
    [
        ("stall(crate, weigher)", (), True),
        ("class Market(Shop):\n    crate = Crate()", (), True),
        ("stall(crate)", ("def stall(a): ...",), False),
        ("stall(crate)", ("from market import *",), False),
        ("stall(crate, weigher)", ("stall(",), True),
        ("stall(crate)", ("stall(",), False),
        ("stall(crate, weigher)", ("stall(weigher",), False),
        ("stall(crate, print, json)", ("def stall(a): ...",), False),
        ("stall(crate, stallz)", ("def stall(a): ...",), False),
        ("stall(crate, crates)", ("def stall(a): ...",), False),
        ("market = Market()\nstall(crate)", (), True),
        ("market = 1\nstall(crate)", ("def stall(a): ...",), False),
    ],
)
def test_a_slip_leaves_no_other_name_unknown(
    code: str, others: tuple[str, ...], *, is_readers: bool
) -> None:
    expected = Outcome.NOT_RUNNABLE if is_readers else Outcome.RUNTIME_ERROR
    name = "Crate" if "Crate" in code else "crate"
    assert outcome(code, name, *others) is expected


def test_a_name_that_other_blocks_have_as_their_own_is_no_misspelt_import() -> None:
    view = "def view(request):\n    return 1\n"
    uses = "print(request.path)"
    assert outcome(uses, "request", uses) is Outcome.RUNTIME_ERROR
    assert outcome(uses, "request", uses, view) is Outcome.NOT_RUNNABLE
    assert outcome(uses, "request", uses, view, "import requests") is Outcome.RUNTIME_ERROR


def test_what_a_function_of_another_block_binds_is_its_own() -> None:
    makes = "def make():\n    shop = Shop()\n    return shop\n"
    assert outcome("shop.open()", "shop", makes) is Outcome.RUNTIME_ERROR
    assert outcome("shop.open()", "shop", makes, "shop.close()") is Outcome.NOT_RUNNABLE
    unread = "stall = 1\nshop.open()"
    in_global = "def make():\n    global shop\n    shop = Shop()\n"
    for other in (f"{makes}shop = make()", f"global\n{makes}", in_global):
        assert outcome(unread, "shop", other, "shop.close()") is Outcome.RUNTIME_ERROR


def test_what_another_block_reads_is_left_behind_by_none() -> None:
    code = "stall = 1\nshop.open()"
    assert outcome(code, "shop", site=SITE) is Outcome.RUNTIME_ERROR
    assert outcome(code, "shop", "print(stall)", site=SITE) is Outcome.NOT_RUNNABLE
    assert outcome(code, "shop", "print(stall", site=SITE) is Outcome.RUNTIME_ERROR


def test_all_that_binds_a_name_is_seen() -> None:
    code = (
        "import a.b, c as d\nfrom e import f\nfor g in h: ...\nwith i as j: ...\n"
        "try: ...\nexcept K as l: ...\n(m := n)\ndel o\n"
        "match p:\n    case [*q]: ...\n    case {1: r, **s}: ...\n    case t: ...\n"
        "def u(v, *w): x = y\nclass Z: aa = 1\n"
    )
    found = bindings(code)
    assert found is not None
    assert found.outer == {*"adfgjlmoqrstu", "Z"}
    assert found.defined == {"u"}
    assert found.inner == {"v", "w", "x", "aa"}
    assert {*found.read} == {*"hinpy", "K"}
    assert bindings("x" * 60_000) is None


LACKS = failure_details("kiosk.OperationalError: no such table: parcel (line 1)")


def asked(code: str, *others: str, set_up: SetUp = NO_SET_UP, details: str = LACKS) -> Outcome:
    page = CoursePage([*map(block, (code, *others))], RunRules(), set_up=set_up)
    failed = result(Outcome.RUNTIME_ERROR, "parcel", kind=MissingKind.TABLE)
    return as_gap(page, 0, replace(failed, details=details)).outcome


def test_a_table_on_a_page_that_makes_none_is_the_readers() -> None:
    query = "Parcel.select().get()"
    assert asked(query, "parcel = Parcel()") is Outcome.NOT_RUNNABLE
    for makes in ("db.create_tables([Crate])", "run('CREATE TABLE crate (id int)')", "migrate()"):
        assert asked(query, makes) is Outcome.RUNTIME_ERROR
        assert asked(f"{makes}\n{query}") is Outcome.RUNTIME_ERROR
    assert asked(query, set_up=SetUp(codes={"python": "load()"})) is Outcome.RUNTIME_ERROR
    column = LACKS.replace("table", "column")
    assert asked(query, details=column) is Outcome.RUNTIME_ERROR


def test_names_that_pages_define_or_document() -> None:
    one = (
        "    class Box(Base):\n        size: int = 3\n    shop = Shop()\n>>> till = 1\n"
        "async def load(path, *, at: int = 1): ...\n    fold(width=3,\n         depth=4)\n"
        ".. py:function:: wrap(box)\n.. autoclass:: parcels.Crate\nthe sum == 1 is a = b\n"
    )
    names = names_of_pages([one, "shop = 1\nshop = 2\n"])
    once, twice = ("Box", "size", "till", "load", "path", "at"), ("shop", "wrap", "Crate")
    assert names == dict.fromkeys(once, 1) | dict.fromkeys(twice, 2)
    many = "".join(f"name{n} = 1\n" for n in range(9000))
    pages = [many, many.replace("n", "m"), many.replace("n", "o"), "last = 1\n"]
    assert "last" not in names_of_pages(pages)


PIECES = ["a", " ", "a =", "a: b ", "class a", "def a(b, ", "def a(", "..", ".. class::", "a."]


@pytest.mark.parametrize("piece", PIECES)
def test_pages_are_read_in_linear_time(piece: str) -> None:
    assert_linear(lambda text: names_of_pages([text]), piece)
    assert_linear(bindings.__wrapped__, piece)
