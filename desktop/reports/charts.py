"""Small vector charts for print: direct labels, one accent, legible in grey and to every eye."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from reportlab.graphics.shapes import Drawing, Line, PolyLine, Rect, String
from reportlab.lib.units import mm

from desktop.reports import style
from desktop.reports.models import Tally
from desktop.reports.pdf import fit

_BAR_H: Final = 5.2 * mm
_ROW_H: Final = 8 * mm
_PLOT_X: Final = 52 * mm
_PLOT_W: Final = style.CONTENT_WIDTH - _PLOT_X - 34 * mm
_COUNT_X: Final = style.CONTENT_WIDTH - 24 * mm
MARK_PERCENT: Final = 80


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """A cause with its cases, and the cases of it and all larger causes together."""

    name: str
    count: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class Pareto:
    """Causes in falling order; the first `vital` of them make up 80 % or more of `total`."""

    rows: tuple[ParetoRow, ...]
    total: int
    vital: int


def pareto(tallies: Sequence[Tally]) -> Pareto:
    """Order `tallies` by falling count (ties by key) and sum them up (AN-06)."""
    ordered = sorted((t for t in tallies if t.count > 0), key=lambda t: (-t.count, t.key))
    total = sum(t.count for t in ordered)
    rows: list[ParetoRow] = []
    running = vital = 0
    for position, tally in enumerate(ordered, 1):
        running += tally.count
        name = tally.name if tally.key in tally.name else f"{tally.key} {tally.name}"
        rows.append(ParetoRow(name, tally.count, running))
        if not vital and running * 100 >= total * MARK_PERCENT:
            vital = position
    return Pareto(tuple(rows), total, vital)


def pareto_chart(chart: Pareto, rest_name: str, heads: tuple[str, str], most: int = 12) -> Drawing:
    """Draw bars with the cumulative line and the 80 % mark; causes beyond `most` are one bar.

    `heads` names the two number columns (cases, cumulative share).
    """
    rows = _shorten(chart, rest_name, most)
    base = len(rows) * _ROW_H
    drawing = Drawing(style.CONTENT_WIDTH, base + 10 * mm)
    _pareto_frame(drawing, heads, base)
    points: list[float] = []
    for index, row in enumerate(rows):
        middle = base - (index + 0.5) * _ROW_H
        _pareto_row(drawing, row, middle, chart.total, vital=index < chart.vital)
        points += [_PLOT_X + _PLOT_W * row.cumulative / chart.total, middle]
    drawing.add(PolyLine(points, strokeColor=style.INK, strokeWidth=1.1))
    for x, y in zip(points[::2], points[1::2], strict=True):
        drawing.add(Rect(x - 1.7, y - 1.7, 3.4, 3.4, fillColor=style.INK, strokeColor=None))
    return drawing


def _pareto_frame(drawing: Drawing, heads: tuple[str, str], base: float) -> None:
    """Draw column heads, the axis and the dashed 80 % mark."""
    y = base + 3.4 * mm
    drawing.add(_text(_COUNT_X, y, heads[0], 7.5, "end", style.MUTED))
    drawing.add(_text(style.CONTENT_WIDTH, y, heads[1], 7.5, "end", style.MUTED))
    mark = _PLOT_X + _PLOT_W * MARK_PERCENT / 100
    dashes = {"strokeColor": style.INK, "strokeWidth": 0.7, "strokeDashArray": (3, 2)}
    drawing.add(Line(mark, 0, mark, base + 2 * mm, **dashes))
    drawing.add(_text(mark, y, f"{MARK_PERCENT}%", 7.5, "middle", style.INK, True))
    drawing.add(Line(_PLOT_X, 0, _PLOT_X, base, strokeColor=style.MUTED, strokeWidth=0.6))


def _pareto_row(drawing: Drawing, row: ParetoRow, middle: float, total: int, vital: bool) -> None:
    bar = Rect(
        _PLOT_X,
        middle - _BAR_H / 2,
        _PLOT_W * row.count / total,
        _BAR_H,
        fillColor=style.ACCENT if vital else style.SOFT,
        strokeColor=None,
    )
    drawing.add(bar)
    y = middle - 3
    drawing.add(_text(0, y, fit(row.name, 8.5, _PLOT_X - 4 * mm), 8.5))
    drawing.add(_text(_COUNT_X, y, str(row.count), 8.5, "end", bold=True))
    share = f"{row.cumulative * 100 / total:.1f}%"
    drawing.add(_text(style.CONTENT_WIDTH, y, share, 8.5, "end"))


def _shorten(chart: Pareto, rest_name: str, most: int) -> list[ParetoRow]:
    rows = list(chart.rows)
    if len(rows) <= most:
        return rows
    kept, rest = rows[: most - 1], rows[most - 1 :]
    count = sum(row.count for row in rest)
    return [*kept, ParetoRow(rest_name, count, chart.total)]


def daily_chart(daily: Mapping[date, int]) -> Drawing:
    """Draw one bar a day with its count above and the day of the month below.

    Weekends carry a lighter bar, so the rhythm of the week shows without colour.
    """
    height, foot, top = 44 * mm, 7 * mm, 6 * mm
    drawing = Drawing(style.CONTENT_WIDTH, height)
    days = sorted(daily)
    step = style.CONTENT_WIDTH / max(len(days), 1)
    peak = max(daily.values(), default=0) or 1
    for index, day in enumerate(days):
        count = daily[day]
        x = index * step
        size = (height - foot - top) * count / peak
        weekend = day.weekday() >= 5
        if count:
            drawing.add(
                Rect(
                    x + step * 0.16,
                    foot,
                    step * 0.68,
                    size,
                    fillColor=style.SOFT if weekend else style.ACCENT,
                    strokeColor=None,
                )
            )
        colour = style.INK if count else style.MUTED
        drawing.add(_text(x + step / 2, foot + size + 2, str(count), 7, "middle", colour))
        drawing.add(_text(x + step / 2, foot - 9, str(day.day), 7, "middle", style.MUTED))
    drawing.add(Line(0, foot, style.CONTENT_WIDTH, foot, strokeColor=style.MUTED, strokeWidth=0.6))
    return drawing


def _text(
    x: float,
    y: float,
    content: str,
    size: float,
    anchor: str = "start",
    colour: object = style.INK,
    bold: bool = False,
) -> String:
    font = style.BOLD if bold else style.REGULAR
    return String(x, y, content, fontName=font, fontSize=size, fillColor=colour, textAnchor=anchor)
