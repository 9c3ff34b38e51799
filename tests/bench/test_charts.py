"""Charts are drawn from the figures of a record alone, and can be read without seeing them."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from daytona_validate._bench.chart_svg import WIDTH, charts_svg
from daytona_validate._bench.charts import DRAWN, Bar, BarGroup, Chart, charts_of
from daytona_validate._bench.client_cost import COLUMNS as CLIENT_COLUMNS
from daytona_validate._bench.figures import Figure
from daytona_validate._bench.own_overhead import COLUMNS as OVERHEAD_COLUMNS
from daytona_validate._bench.record import Record
from daytona_validate._bench.start_up import COLUMNS as START_UP_COLUMNS
from daytona_validate._bench.throughput import COLUMNS as LOCAL_COLUMNS

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    title="Speed & cost",
    unit="ms, less is better",
    groups=(
        BarGroup("10 in <flight>", (Bar("theirs", Figure(50, 40, 80), is_ours=False),)),
        BarGroup("100 in flight", (Bar("ours", Figure(20, 10, 30), is_ours=True),)),
    ),
    has_one_scale=True,
)


def drawn(*charts: Chart) -> ET.Element:
    return ET.fromstring(charts_svg(charts, title="What it costs"))


def widths(picture: ET.Element) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for each in picture.iter(f"{SVG}rect"):
        found.setdefault(each.attrib["class"], []).append(float(each.attrib["width"]))
    return found


def a_record(name: str, columns: tuple[str, ...], *rows: tuple[str | int | Figure, ...]) -> Record:
    return Record(
        name=name,
        question="?",
        compared_with="nothing",
        inputs={},
        repetitions=1,
        columns=columns,
        rows=rows,
        load_before=0,
    )


def test_bars_are_as_long_as_their_medians() -> None:
    found = widths(drawn(CHART))
    assert found["theirs"] == [pytest.approx(2.5 * found["ours"][0], abs=0.2)]
    assert found["paper"] == [WIDTH]


def test_groups_of_other_sizes_have_a_scale_of_their_own_where_asked() -> None:
    found = widths(drawn(replace(CHART, has_one_scale=False)))
    assert found["theirs"][0] < found["ours"][0]


def test_the_line_over_a_bar_goes_from_the_least_to_the_greatest() -> None:
    (bar,) = [each for each in drawn(CHART).iter(f"{SVG}rect") if each.attrib["class"] == "ours"]
    *_, whisker = [
        each.attrib["d"]
        for each in drawn(CHART).iter(f"{SVG}path")
        if each.attrib["class"] == "whisker"
    ]
    low, high = map(float, re.findall(r"^M([\d.]+) [\d.]+H([\d.]+)", whisker)[0])
    left, width = float(bar.attrib["x"]), float(bar.attrib["width"])
    assert low - left == pytest.approx(width / 2, abs=0.2)
    assert high - left == pytest.approx(width * 1.5, abs=0.2)


def test_a_picture_says_in_words_what_it_shows_and_names_are_only_text() -> None:
    picture = drawn(CHART)
    assert picture.attrib["role"] == "img"
    assert picture.attrib["aria-labelledby"] == "title words"
    title, words = (picture.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert title.text == "What it costs"
    assert words is not None
    assert words.text == (
        "Speed & cost (ms, less is better): 10 in <flight>, theirs: 50 (40 to 80); "
        "100 in flight, ours: 20 (10 to 30)."
    )


def test_a_picture_is_for_light_and_dark_pages_and_needs_nothing_else() -> None:
    text = charts_svg([CHART, CHART], title="Two")
    assert "@media (prefers-color-scheme: dark)" in text
    assert not re.search(r"<script|href|url\(|@import", text)
    height = float(re.findall(r'viewBox="0 0 \d+ ([\d.]+)"', text)[0])
    assert all(float(y) < height for y in re.findall(r' y="([\d.]+)"', text))


def test_nothing_at_all_is_a_bar_of_no_length() -> None:
    group = BarGroup("", (Bar("ours", Figure(0, 0, 0), is_ours=True),))
    assert widths(drawn(replace(CHART, groups=(group,))))["ours"] == [1.0]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("client", CLIENT_COLUMNS),
        ("overhead", OVERHEAD_COLUMNS),
        ("start-up", START_UP_COLUMNS),
        ("local", LOCAL_COLUMNS),
    ],
)
def test_what_is_drawn_is_a_column_of_its_benchmark(name: str, columns: tuple[str, ...]) -> None:
    for drawn_ in DRAWN[name]:
        assert set(drawn_.values) <= set(columns)
        assert {drawn_.label, *re.findall(r"\{(.+?)\}", drawn_.group)} - {""} <= set(columns)
        assert drawn_.only is None or drawn_.only[0] in columns


def test_rows_become_groups_and_bars() -> None:
    columns = ("in flight", "client", "CPU ms a validation")
    rows = ((10, "theirs", Figure(2, 1, 3)), (10, "ours", Figure(1, 1, 1)), (99, "ours", "-"))
    (chart,) = charts_of(a_record("client-before", columns, *rows))
    bars = (Bar("theirs", Figure(2, 1, 3), False), Bar("ours", Figure(1, 1, 1), True))
    assert chart.groups == (BarGroup("10 in flight", bars),)


def test_columns_become_bars_and_other_rows_are_left_out() -> None:
    columns = ("language", "bare", "at a time", "bare per s", "isolated per s")
    one, two = Figure(1, 1, 1), Figure(2, 2, 2)
    rows = (("go", "go run", 1, two, one), ("go", "go run", 2, one, two))
    (chart,) = charts_of(a_record("local", columns, *rows))
    bars = (Bar("bare", one, False), Bar("isolated", two, True))
    assert chart.groups == (BarGroup("go, beside go run", bars),)


def test_what_nobody_knows_is_not_drawn() -> None:
    assert charts_of(a_record("verdicts", ("way",), ("one",))) == ()
