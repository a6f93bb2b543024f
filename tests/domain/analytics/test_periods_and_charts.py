"""Periods in every spelling; charts whose shapes stay inside and whose marks are findable."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest

from desktop.domain.analytics import drawing
from desktop.domain.analytics.periods import parse_period, period_of
from desktop.domain.analytics.report import ChartBlock, Mark

CHARTS: tuple[Literal["bars", "pareto", "heat", "trend", "columns", "fishbone"], ...] = (
    "bars", "pareto", "heat", "trend", "columns", "fishbone",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "since", "until", "months"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 12, 1), ("2026-11",)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), ("2026-10", "2026-11", "2026-12")),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 23), ()),
        ("2026-11-21", date(2026, 11, 21), date(2026, 11, 22), ()),
    ],
)
def test_a_period_is_read(text: str, since: date, until: date, months: tuple[str, ...]) -> None:
    """AN-03: the quarter too."""
    found = parse_period(text)
    assert found is not None
    assert (found.since, found.until, found.months, found.text) == (since, until, months, text)
    assert found.label("zh_CN") != found.label("en")


def test_before_and_a_year_before() -> None:
    """AN-12: 环比 and 同比."""
    month = parse_period("2026-01")
    assert month is not None
    assert (month.before.text, month.year_before.text) == ("2025-12", "2025-01")
    quarter = period_of("quarter", date(2026, 2, 3))
    assert (quarter.before.text, quarter.year_before.text) == ("2025-Q4", "2025-Q1")
    week = period_of("week", date(2026, 11, 21))
    assert week.year_before.since.weekday() == 0


@pytest.mark.parametrize("text", ["", "2026-13", "2026-Q5", "2026-W54", "11-2026", "2026-02-30"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_period(text) is None


def chart(kind: str, count: int) -> ChartBlock:
    names = ("人", "机", "料", "法", "环", "测")
    marks = tuple(
        Mark(names[n % 6] if kind == "fishbone" else f"PQ-{n:02d} 很长的投诉原因名称用来试排版",
             float(n % 7), str(n % 7) if kind != "fishbone" else "收货时没有核对批次")
        for n in range(count)
    )  # fmt: skip
    rows = {"heat": tuple("一二三四五六日"), "fishbone": names, "pareto": ("其余",)}
    at = 3 if kind == "columns" else None
    return ChartBlock(kind, "图", marks, rows=rows.get(kind, ()), at=at)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", CHARTS)
@pytest.mark.parametrize("width", [300.0, 481.9, 720.0])
def test_no_shape_leaves_its_chart(kind: str, width: float) -> None:
    drawn = drawing.draw(chart(kind, 168 if kind == "heat" else 14), width)
    assert drawn.height > 40
    for shape in drawn.shapes:
        if isinstance(shape, drawing.Bar):
            assert shape.x >= -0.01
            assert shape.x + shape.width <= width + 0.01
            assert shape.y >= 0
            assert shape.y + shape.height <= drawn.height + 0.01
        elif isinstance(shape, drawing.Label):
            size = drawing.text_width(shape.text, shape.size)
            left = {"start": shape.x, "middle": shape.x - size / 2, "end": shape.x - size}
            assert left[shape.anchor] >= -6
            assert left[shape.anchor] + size <= width + 6, (kind, shape)
            assert 0 <= shape.y <= drawn.height


@pytest.mark.parametrize("kind", [kind for kind in CHARTS if kind != "fishbone"])
def test_every_mark_has_a_shape_and_a_number_beside_it(kind: str) -> None:
    """Colour never speaks alone: direct labels."""
    block = chart(kind, 168 if kind == "heat" else 9)
    drawn = drawing.draw(block, 480)
    texts = [s.text for s in drawn.shapes if isinstance(s, drawing.Label)]
    marked = {getattr(s, "mark", None) for s in drawn.shapes} - {None}
    for at, mark in enumerate(block.marks):
        if mark.value:
            assert at in marked
            assert mark.text in texts
