"""The figure that stands for some repetitions of a measurement. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of some repetitions, and how far they spread."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Return the figure of some values: their median, least and greatest."""
        return cls(statistics.median(values), min(values), max(values))

    @classmethod
    def of_ratios(cls, ours: Iterable[float], theirs: Iterable[float]) -> Figure:
        """Return the figure of ratios, each taken within a repetition: load hits both sides."""
        return cls.of([our / their for our, their in zip(ours, theirs, strict=True)])

    def __str__(self) -> str:
        return (
            f"{three_digits(self.median)} ({three_digits(self.low)} to {three_digits(self.high)})"
        )


Cell = str | int | Figure


def beside(
    value: Callable[[Run], float], ours: Sequence[Run], theirs: Sequence[Run] | None
) -> tuple[Cell, Cell]:
    """Return the figure of a value of some runs, and that of its ratios to those of others.

    Args:
        value: Takes a run.
        ours: The runs, of which there are as many as of the others.
        theirs: The others; None, or the same: there is nothing to compare with, and the ratio is a
            dash.
    """
    figure = Figure.of([*map(value, ours)])
    if theirs is None or theirs is ours:
        return figure, "-"
    return figure, Figure.of_ratios(map(value, ours), map(value, theirs))


def three_digits(value: float) -> str:
    """Return a number with three digits that count, and never with an exponent for large ones."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits


def cell_of(value: object) -> Cell:
    """Return a cell that was read from JSON: a figure is an object of its three numbers."""
    if isinstance(value, Mapping):
        return Figure(**value)
    if isinstance(value, str | int):
        return value
    raise ValueError(f"{value!r} is no cell")
