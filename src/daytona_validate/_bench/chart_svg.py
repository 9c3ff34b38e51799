"""From charts to the text of an SVG picture, for a light and for a dark page. Pure.

Plain shapes and no script: it is shown by whatever shows a picture. A bar reaches to the median, a
line over it from the least to the greatest; numbers stand beside it, and in the description too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from daytona_validate._bench.charts import Bar, BarGroup, Chart
from daytona_validate._bench.figures import three_digits

WIDTH = 760
_MARGIN = 24
_LABELS = 178
"""For the labels left of the bars."""
_NUMBERS = 150
"""For the numbers right of them."""
_LEFT = _MARGIN + _LABELS
_PLOT = WIDTH - _LEFT - _NUMBERS - _MARGIN
_ROW, _BAR = 24, 14
_HEAD, _GROUP, _BETWEEN, _AXIS = 50, 26, 26, 22
_TICKS = 4
"""Steps that a scale is to have, more or less."""
_STYLE = """
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.paper { fill: #ffffff } .title { font-size: 16px; font-weight: 600 } .unit { fill: #59636e }
.group { font-weight: 600 } .number { font-variant-numeric: tabular-nums }
.spread { fill: #59636e } .tick { fill: #59636e; font-size: 11px; text-anchor: middle }
.label { text-anchor: end } .grid { stroke: #d1d9e0 } .whisker { stroke: #1f2328 }
.ours { fill: #1f6feb } .theirs { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .paper { fill: #0d1117 } .unit, .spread, .tick { fill: #9198a1 }
.grid { stroke: #3d444d } .whisker { stroke: #f0f6fc }
.ours { fill: #388bfd } .theirs { fill: #656c76 }
}
"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places."""

    step: float
    last: float
    """The value at the end, a multiple of the step."""

    @classmethod
    def over(cls, bars: Sequence[Bar]) -> _Scale:
        """Return a scale from 0 that holds all that the bars show."""
        most = max((bar.figure.high for bar in bars), default=0) or 1
        rough = most / _TICKS
        size = 10 ** math.floor(math.log10(rough))
        step = next(size * each for each in (1, 2, 5, 10) if size * each >= rough * 0.999)
        return cls(step, step * math.ceil(most / step - 1e-9))

    def x(self, value: float) -> float:
        """Return where a value stands."""
        return _LEFT + _PLOT * value / self.last

    def ticks(self) -> list[float]:
        """Return the values that are written at the axis."""
        return [self.step * number for number in range(round(self.last / self.step) + 1)]


def charts_svg(charts: Sequence[Chart], *, title: str) -> str:
    """Return a picture of charts, one below the other.

    Args:
        charts: At least one.
        title: Of the picture, for those to whom it is read.
    """
    y = float(_MARGIN)
    parts: list[str] = []
    for chart in charts:
        shapes, y = _drawn(chart, y)
        parts += shapes
    height = y - _BETWEEN + _MARGIN
    size = f'width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="words">{escape(" ".join(map(_words, charts)))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height:g}" rx="8"/>',
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def _words(chart: Chart) -> str:
    """Return a chart as a sentence."""
    bars = (
        f"{f'{group.title}, ' if group.title else ''}{bar.label}: {bar.figure}"
        for group in chart.groups
        for bar in group.bars
    )
    return f"{chart.title} ({chart.unit}): {'; '.join(bars)}."


def _drawn(chart: Chart, top: float) -> tuple[list[str], float]:
    """Return the shapes of a chart and where the next one may begin."""
    shapes = [
        _text("title", _MARGIN, top + 16, chart.title),
        _text("unit", _MARGIN, top + 35, chart.unit),
    ]
    y = top + _HEAD
    bars: list[str] = []
    shared = _Scale.over([bar for group in chart.groups for bar in group.bars])
    for group in chart.groups:
        scale = shared if chart.has_one_scale else _Scale.over(group.bars)
        if group.title:
            bars.append(_text("group", _MARGIN, y + 17, group.title))
            y += _GROUP
        bars += _bars(group, scale, y)
        y += _ROW * len(group.bars)
    if chart.has_one_scale:  # below the bars, so before them
        shapes += _axis(shared, top + _HEAD, y)
        y += _AXIS
    return shapes + bars, y + _BETWEEN


def _axis(scale: _Scale, top: float, bottom: float) -> Iterator[str]:
    for value in scale.ticks():
        x = scale.x(value)
        yield f'<path class="grid" d="M{x:.1f} {top:g}V{bottom + 4:g}"/>'
        yield _text("tick", x, bottom + 17, three_digits(value))


def _bars(group: BarGroup, scale: _Scale, top: float) -> Iterator[str]:
    for number, bar in enumerate(group.bars):
        y = top + _ROW * number
        middle, end = y + _ROW / 2, scale.x(bar.figure.median)
        low, high = scale.x(bar.figure.low), scale.x(bar.figure.high)
        kind = "ours" if bar.is_ours else "theirs"
        box = f'x="{_LEFT}" y="{middle - _BAR / 2:g}" height="{_BAR}" rx="2"'
        yield _text("label", _LEFT - 10, middle + 4.5, bar.label)
        yield f'<rect class="{kind}" {box} width="{max(1, end - _LEFT):.1f}"/>'
        caps = "".join(f"M{x:.1f} {middle - 4:g}v8" for x in (low, high))
        yield f'<path class="whisker" d="M{low:.1f} {middle:g}H{high:.1f}{caps}"/>'
        shown = three_digits(bar.figure.median)
        spread = f"{three_digits(bar.figure.low)} to {three_digits(bar.figure.high)}"
        x = WIDTH - _MARGIN - _NUMBERS + 14
        words = f'{shown}<tspan class="spread" dx="8">{spread}</tspan>'
        yield f'<text class="number" x="{x:g}" y="{middle + 4.5:g}">{words}</text>'


def _text(kind: str, x: float, y: float, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:g}">{escape(words)}</text>'
