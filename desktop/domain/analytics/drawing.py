"""Charts as plain shapes (图表): one set of marks for screen and paper, legible in grey.

Sizes are points, y grows downwards. Tones are names that screen and paper colour by themselves;
strength is carried by lightness and by direct labels, never by hue alone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from desktop.domain.analytics.report import ChartBlock, Drill, Mark

Tone: TypeAlias = Literal["strong", "soft", "ink", "muted", "line", "heat", "paper"]
Anchor: TypeAlias = Literal["start", "middle", "end"]
#: Causes that a Pareto shows by name; the rest are one bar.
MOST_BARS: Final = 10
VITAL: Final = 80
_TEXT: Final = 8.5
_SMALL: Final = 7.5
_NARROW: Final = 7.2
#: A fishbone's rows, how far its ribs lean, and lines that one cause may take.
_BONE_ROW: Final = 11.0
_LEAN: Final = 26.0
_BONE_LINES: Final = 4
#: Latin words stay whole; a line may end after every wide character but never before 、or 。
_WORD: Final = re.compile(r"[!-~]+ ?|.[，。、；：！？）》”]*")


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; `level` 0–1 is the depth of a heat tone."""

    x: float
    y: float
    width: float
    height: float
    tone: Tone
    level: float = 1.0
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points (x, y)."""

    points: tuple[tuple[float, float], ...]
    tone: Tone
    width: float = 0.8
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A small square on a line."""

    x: float
    y: float
    tone: Tone
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """Text whose baseline is at y."""

    x: float
    y: float
    text: str
    size: float = _TEXT
    anchor: Anchor = "start"
    tone: Tone = "ink"
    bold: bool = False


Shape: TypeAlias = Bar | Line | Dot | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in painting order; `drills` are the cases behind marks, by the shapes' `mark`."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    drills: tuple[Drill | None, ...]


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is set, in points; on the safe side."""
    return size * sum(map(_advance, text))


def _advance(c: str) -> float:
    """Return how wide a character is at most, in its size (Noto Sans SC)."""
    if unicodedata.east_asian_width(c) in "WFA" or c in "MWmw%@…":
        return 1.0
    return 0.4 if c in "fijlrt.,:;'|()[]- " else 0.75 if c.isupper() else 0.62


def fitted(text: str, size: float, width: float) -> str:
    """Return the text, shortened with … where it is wider than `width`."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def draw(chart: ChartBlock, width: float) -> Drawing:
    """Return the shapes of a chart set `width` points wide."""
    drills = tuple(mark.drill for mark in chart.marks)
    maker = {
        "bars": _bars,
        "pareto": _pareto,
        "heat": _heat,
        "trend": _trend,
        "columns": _columns,
        "fishbone": _fishbone,
    }[chart.kind]
    height, shapes = maker(chart, width)
    return Drawing(width, height, tuple(shapes), drills)


_Drawn: TypeAlias = tuple[float, list[Shape]]


def _bars(chart: ChartBlock, width: float) -> _Drawn:
    row, left, right = 19.0, _names_width(chart.marks, width), 74.0
    room = width - left - right
    peak = max((mark.value for mark in chart.marks), default=0) or 1
    shapes: list[Shape] = []
    for place, mark in enumerate(chart.marks):
        y = place * row
        size = room * mark.value / peak
        shapes += [
            *_name(mark.label, y, left - 8),
            Bar(left, y + 3, max(size, 0.6), 13, "strong", mark=place),
            Label(left + size + 5, y + 12.5, mark.text, _TEXT, bold=True),
        ]
    shapes.append(Line(((left, 0), (left, row * len(chart.marks))), "muted", 0.6))
    return row * len(chart.marks) + 2, shapes


def _names_width(marks: Sequence[Mark], width: float) -> float:
    """Return the room that the names of rows take, a part of `width` at most."""
    widest = max((text_width(mark.label, _TEXT) for mark in marks), default=0.0)
    return min(widest + 12, width * 0.36, 190.0)


def _name(text: str, y: float, width: float) -> list[Label]:
    """Return a row's name, on two lines where one is too short for it."""
    if text_width(text, _TEXT) <= width:
        return [Label(0, y + 12.5, text)]
    lines = _lines(text, _NARROW, width, 2)
    middle = (len(lines) - 1) / 2
    return [
        Label(0, y + 12.5 + (at - middle) * 8.6, line, _NARROW) for at, line in enumerate(lines)
    ]


def _pareto(chart: ChartBlock, width: float) -> _Drawn:
    marks = _shortened(chart.marks, chart.rows[0] if chart.rows else "")
    row, head = 19.0, 17.0
    left = _names_width(marks, width)
    room = width - left - 92
    total = sum(mark.value for mark in marks) or 1
    heads = chart.heads or ("", "")
    mark_x = left + room * VITAL / 100
    foot = head + row * len(marks)
    shapes: list[Shape] = [
        Label(width - 52, 9, heads[0], _SMALL, "end", "muted"),
        Label(width, 9, heads[1], _SMALL, "end", "muted"),
        Line(((mark_x, head - 4), (mark_x, foot)), "ink", 0.7, dashed=True),
        Label(mark_x, 9, f"{VITAL}%", _SMALL, "middle", bold=True),
        Line(((left, head), (left, foot)), "muted", 0.6),
    ]
    running, reached = 0.0, False
    points = []
    for place, mark in enumerate(marks):
        y = head + place * row
        running += mark.value
        shapes += [
            *_name(mark.label, y, left - 8),
            Bar(
                left,
                y + 3,
                room * mark.value / total,
                13,
                "soft" if reached else "strong",
                mark=place if place < len(chart.marks) else None,
            ),
            Label(width - 52, y + 12.5, mark.text, _TEXT, "end", bold=True),
            Label(width, y + 12.5, f"{running * 100 / total:.1f}%", _TEXT, "end"),
        ]
        points.append((left + room * running / total, y + 9.5))
        reached = reached or running * 100 >= total * VITAL
    shapes.append(Line(tuple(points), "ink", 1.1))
    shapes += [Dot(x, y, "ink") for x, y in points]
    return foot + 2, shapes


def _shortened(marks: Sequence[Mark], rest: str) -> list[Mark]:
    if len(marks) <= MOST_BARS:
        return list(marks)
    value = sum(mark.value for mark in marks[MOST_BARS - 1 :])
    return [*marks[: MOST_BARS - 1], Mark(rest, value, f"{value:,.0f}")]


def _heat(chart: ChartBlock, width: float) -> _Drawn:
    left, top, row = 34.0, 14.0, 17.0
    step = (width - left) / 24
    peak = max((mark.value for mark in chart.marks), default=0) or 1
    shapes: list[Shape] = [
        Label(left + (hour + 0.5) * step, 9, str(hour), _SMALL, "middle", "muted")
        for hour in range(24)
    ]
    for place, mark in enumerate(chart.marks):
        day, hour = divmod(place, 24)
        x, y = left + hour * step, top + day * row
        level = mark.value / peak
        shapes.append(Bar(x + 0.5, y + 0.5, step - 1, row - 1, "heat", level, place))
        if mark.value:
            tone: Tone = "paper" if level > 0.55 else "ink"
            size = _SMALL if len(mark.text) < 4 else 5.5
            shapes.append(Label(x + step / 2, y + 11.5, mark.text, size, "middle", tone))
    shapes += [Label(0, top + day * row + 11.5, name, _TEXT) for day, name in enumerate(chart.rows)]
    return top + row * 7 + 2, shapes


def _trend(chart: ChartBlock, width: float) -> _Drawn:
    top, height, foot = 18.0, 92.0, 16.0
    base = top + height
    values = [mark.value for mark in chart.marks]
    others = [value for value in chart.second if value is not None]
    peak = max((*values, *others), default=0) or 1
    step = width / max(len(chart.marks), 1)

    def place_of(at: int, value: float) -> tuple[float, float]:
        return (at + 0.5) * step, base - height * value / peak

    shapes: list[Shape] = [Line(((0, base), (width, base)), "muted", 0.6)]
    if chart.at is not None:
        x = chart.at * step
        shapes.append(Line(((x, top - 4), (x, base)), "ink", 0.7, dashed=True))
    points = tuple(place_of(i, mark.value) for i, mark in enumerate(chart.marks))
    sparse = max(len(chart.marks) // 14 + 1, 1)
    second = {i: place_of(i, v) for i, v in enumerate(chart.second) if v is not None}
    if len(second) > 1:
        shapes.append(Line(tuple(second.values()), "muted", 0.9, dashed=True))
    for at, (x, y) in second.items():
        shapes.append(Dot(x, y, "muted"))
        if at % sparse == 0 or at == len(points) - 1:
            beside = _beside(y, points[at][1], base)
            shapes.append(Label(x, beside, f"{chart.second[at]:,.0f}", 6.8, "middle", "muted"))
    shapes.append(Line(points, "strong", 1.6))
    for at, (mark, (x, y)) in enumerate(zip(chart.marks, points, strict=True)):
        shapes.append(Dot(x, y, "strong", at))
        if at % sparse == 0 or at == len(points) - 1:
            shapes.append(Label(x, y - 5, mark.text, _SMALL, "middle", bold=True))
            name = fitted(mark.label, _SMALL, min(step * sparse, 2 * x, 2 * (width - x)))
            shapes.append(Label(x, base + 11, name, _SMALL, "middle", "muted"))
    return base + foot, shapes


def _beside(y: float, first: float, base: float) -> float:
    """Return where the second line's number stands: clear of the first line's and of the axis."""
    above, below = y - 4, max(y, first) + 10
    if y > first + 20 and below > base - 2:
        return above
    return above if first - y >= 16 else below


def _columns(chart: ChartBlock, width: float) -> _Drawn:
    top, height = 14.0, 84.0
    base = top + height
    step = width / max(len(chart.marks), 1)
    peak = max((mark.value for mark in chart.marks), default=0) or 1
    widest = max((text_width(mark.label, _SMALL) for mark in chart.marks), default=0)
    # Longer names than a column is wide stand under every second one, or third.
    sparse = max(math.ceil((widest + 2) / step), 1) if chart.at is not None else 1
    shapes: list[Shape] = []
    for place, mark in enumerate(chart.marks):
        size = height * mark.value / peak
        x = place * step
        tone: Tone = "soft" if chart.at is not None and place < chart.at else "strong"
        if mark.value:
            shapes.append(Bar(x + step * 0.16, base - size, step * 0.68, size, tone, mark=place))
        small = min(_SMALL, step * 0.9 / max(len(mark.text), 1) / 0.6)
        shapes.append(Label(x + step / 2, base - size - 3, mark.text, small, "middle"))
        shapes += _column_name(
            mark.label, x, base + 10, step, sparse if place % sparse == 0 else 0, width
        )
    if chart.at is not None:
        x = chart.at * step
        shapes.append(Line(((x, top - 6), (x, base)), "ink", 0.8, dashed=True))
    shapes.append(Line(((0, base), (width, base)), "muted", 0.6))
    return base + 16, shapes


def _column_name(
    text: str, x: float, y: float, step: float, columns: int, width: float
) -> list[Shape]:
    """Return a name under its column, or from there on under so many; none for no columns."""
    if columns == 1:
        name = fitted(text, _SMALL, step - 1) if len(text) > 2 else text
        return [Label(x + step / 2, y, name, _SMALL, "middle", "muted")]
    if not columns or text_width(text, _SMALL) > width - x:
        return []
    return [Label(x + step * 0.16, y, text, _SMALL, "start", "muted")]


def _fishbone(chart: ChartBlock, width: float) -> _Drawn:
    """Draw the spine with a rib for each of 人机料法环测, causes beside the ribs."""
    head = 96.0
    room = width - head - 6
    slot = room / 3
    ribs = [_rib(chart, rib, slot) for rib in chart.rows]
    rows = max([sum(len(lines) for _, lines in rib) for rib in ribs] or [0])
    reach = max(rows, 3) * _BONE_ROW + 34.0
    middle = reach + 4
    shapes: list[Shape] = [
        Line(((0, middle), (room, middle)), "ink", 1.6),
        Bar(room, middle - 30, head, 60, "soft"),
    ]
    words = _lines(chart.title, 8.0, head - 8, 5)
    for at, line in enumerate(words):
        y = middle + 3 + (at - (len(words) - 1) / 2) * 11
        shapes.append(Label(room + head / 2, y, line, 8.0, "middle", bold=True))
    for place, (name, causes) in enumerate(zip(chart.rows, ribs, strict=True)):
        up = place < 3
        end = (place % 3 + 1) * slot - 6
        start = end - _LEAN
        edge = middle - reach + 12 if up else middle + reach - 12
        shapes.append(Line(((start, edge), (end, middle)), "strong", 1.2))
        shapes.append(Label(start, edge - 3 if up else edge + 10, name, 9.0, "middle", bold=True))
        # From the top downwards on both sides; below the spine the first stands next to it.
        y = edge + 12 if up else middle + 14
        for mark, lines in causes:
            x = start + (end - start) * (y - edge) / (middle - edge)
            size = max(text_width(line, 8.0) for line in lines)
            under = y + (len(lines) - 1) * _BONE_ROW + 2.5
            foot = start + (end - start) * (under - edge) / (middle - edge)
            left = min(x, foot) - 4
            shapes.append(Line(((left - size, under), (foot, under)), "line", 0.6))
            shapes += [
                Label(left - size, y + at * _BONE_ROW, line, 8.0) for at, line in enumerate(lines)
            ]
            shapes.append(Dot(foot, under, "strong", mark))
            y += len(lines) * _BONE_ROW + 2
    return middle + reach + 8, shapes


def _rib(chart: ChartBlock, rib: str, slot: float) -> list[tuple[int, list[str]]]:
    """Return the causes of one rib with their lines, as wide as the slot leaves room."""
    found = [(at, mark.text) for at, mark in enumerate(chart.marks) if mark.label == rib]
    width = slot - _LEAN - 16
    return [(at, _even(text, 8.0, width, _BONE_LINES)) for at, text in found]


def _even(text: str, size: float, width: float, most: int) -> list[str]:
    """Break a text into the fewest lines, about equally long."""
    lines = _lines(text, size, width, most)
    for share in (0.55, 0.7, 0.85):
        even = _lines(text, size, width * share, most)
        if len(even) == len(lines) and not even[-1].endswith("…"):
            return even
    return lines


def _lines(text: str, size: float, width: float, most: int) -> list[str]:
    """Break a text into at most so many lines, at words; what is left over ends in …."""
    lines, line = [], ""
    for word in _WORD.findall(" ".join(text.split())):
        if line and text_width((line + word).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = ""
        for char in word:
            if line and text_width(line + char, size) > width:
                lines.append(line.rstrip())
                line = ""
            line += char
    lines = [*lines, line.rstrip()] if line.strip() else lines
    if len(lines) > most:
        lines = [*lines[: most - 1], fitted("".join(lines[most - 1 :]), size, width)]
    return lines
