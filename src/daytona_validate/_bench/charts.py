"""Which figures of a benchmark are drawn, and under which words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from daytona_validate._bench.figures import Cell, Figure
from daytona_validate._bench.record import Record


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a figure and its label."""

    label: str
    figure: Figure
    is_ours: bool


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Bars that are compared with each other."""

    title: str
    """Empty where there is one group only."""
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A bar chart."""

    title: str
    unit: str
    groups: tuple[BarGroup, ...]
    has_one_scale: bool
    """Whether all groups share a scale; else each has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What a chart takes of a record."""

    title: str
    unit: str
    values: Mapping[str, str]
    """Column to what its bars are called; an empty name: as the column `label` says."""
    label: str = ""
    group: str = ""
    """The title of a group, where `{column}` stands for a cell."""
    only: tuple[str, Cell] | None = None
    """A column and what must stand in it."""
    has_one_scale: bool = True


_OURS = ("ours", "isolated")
_TO_DAYTONA: Mapping[str, tuple[str, str]] = {
    "CPU ms a validation": (
        "CPU time of the client's process for a validation",
        "ms, less is better",
    ),
    "validations a second": ("Validations a second", "more is better"),
    "peak RSS MiB": ("Peak memory of the client's process", "MiB, less is better"),
}
DRAWN: Mapping[str, tuple[_Drawn, ...]] = {
    "client": tuple(
        _Drawn(
            title=title,
            unit=unit,
            values={column: ""},
            label="client",
            group="{in flight} in flight",
        )
        for column, (title, unit) in _TO_DAYTONA.items()
    ),
    "overhead": (
        _Drawn(
            title="CPU time of a snippet, whatever runs it",
            unit="us, less is better",
            values={"CPU us a snippet": ""},
            label="how",
        ),
    ),
    "start-up": (
        _Drawn(
            title="From the start of a program to its first result",
            unit="ms, less is better",
            values={"ms to the first result": ""},
            label="program",
        ),
    ),
    "transport": (
        _Drawn(
            title="CPU time of a request",
            unit="ms, less is better",
            values={"CPU ms": ""},
            label="how",
            group="{in flight} in flight",
        ),
    ),
    "local": (
        _Drawn(
            title="Programs a second on this machine, two at a time",
            unit="more is better; each group has a scale of its own",
            values={"bare per s": "bare", "isolated per s": "isolated"},
            group="{language}, beside {bare}",
            only=("at a time", 2),
            has_one_scale=False,
        ),
    ),
}
"""By the first word of a record's name, as in `client-before`."""


def charts_of(record: Record) -> tuple[Chart, ...]:
    """Return the charts of a record: none, where its figures say more in a table."""
    known = (name for name in DRAWN if record.name == name or record.name.startswith(f"{name}-"))
    charts = (_chart(record, drawn) for name in known for drawn in DRAWN[name])
    return tuple(chart for chart in charts if chart.groups)


def _chart(record: Record, drawn: _Drawn) -> Chart:
    bars = groupby(_bars(record, drawn), key=lambda titled: titled[0])
    groups = (BarGroup(title, tuple(bar for _, bar in titled)) for title, titled in bars)
    return Chart(
        title=drawn.title, unit=drawn.unit, groups=tuple(groups), has_one_scale=drawn.has_one_scale
    )


def _bars(record: Record, drawn: _Drawn) -> Iterator[tuple[str, Bar]]:
    """Yield each bar after the title of its group."""
    for row in record.rows:
        cells = dict(zip(record.columns, row, strict=True))
        if drawn.only is not None and cells.get(drawn.only[0]) != drawn.only[1]:
            continue
        for column, name in drawn.values.items():
            figure, label = cells.get(column), name or str(cells.get(drawn.label, ""))
            if isinstance(figure, Figure):
                is_ours = label.startswith(_OURS)
                yield drawn.group.format_map(cells), Bar(label, figure, is_ours)
