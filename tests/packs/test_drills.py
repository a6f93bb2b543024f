"""Behind every mark and every row stand as many cases as it says (AN-04)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from desktop.domain.analytics.report import ChartBlock, Drill, FigureBlock, Report, TableBlock
from desktop.services.desk import Desk

#: Dimensions that count answers or sums of money, of which one case may have several.
MANY = frozenset({"csat", "csat_family", "money", "instrument", "band"})
#: Charts whose marks are an index, not a count.
INDICES = frozenset({"service_quality"})


def marks(report: Report) -> Iterator[tuple[str, Drill, int]]:
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, ChartBlock):
                for mark in block.marks:
                    if mark.drill is not None and section.id not in INDICES:
                        yield f"{section.id}: {mark.label}", mark.drill, int(mark.value)
            elif isinstance(block, TableBlock):
                for row, drill in zip(block.rows, block.drills, strict=False):
                    count = next((c for c in row[1:] if c.isdigit()), "")
                    if drill is not None and count:
                        yield f"{section.id}: {row[0]}", drill, int(count)
            elif isinstance(block, FigureBlock):
                for figure in block.figures:
                    if figure.drill is not None and figure.kind == "count":
                        yield figure.key, figure.drill, int(figure.numerator)


@pytest.mark.parametrize("kind", ["overview", "month", "week"])
def test_a_mark_opens_as_many_cases_as_it_says(reading: Desk, kind: str) -> None:
    report = reading.report(kind, "2026-W46" if kind == "week" else "2026-10", "zh_CN")
    assert isinstance(report, Report)
    reporting = reading.use_cases.reporting
    seen = 0
    for name, drill, count in marks(report):
        found = len({facts.stream for facts in reporting.facts(drill, drill.stores)})
        if drill.dim in MANY:
            assert 0 < found <= count, name
        else:
            assert found == count, name
        seen += 1
    assert seen >= {"overview": 40, "month": 90, "week": 25}[kind]


def test_every_chart_has_a_way_to_its_cases(reading: Desk) -> None:
    """A mark of any value opens something: trend, Pareto, heat map, days, stores, stars."""
    report = reading.report("month", "2026-10", "zh_CN")
    assert isinstance(report, Report)
    charts = [b for s in report.sections for b in s.blocks if isinstance(b, ChartBlock)]
    assert {chart.kind for chart in charts} == {"pareto", "heat", "trend", "columns", "bars"}
    for chart in charts:
        for mark in chart.marks:
            assert mark.drill is not None or not mark.value, (chart.title, mark.label)


def test_every_figure_of_the_month_has_its_cases(reading: Desk) -> None:
    report = reading.report("month", "2026-10", "zh_CN")
    assert isinstance(report, Report)
    for figure in report.figures():
        assert figure.drill is not None, figure.key
        found = reading.use_cases.reporting.facts(figure.drill, figure.drill.stores)
        if figure.numerator > Decimal(0):
            assert found, figure.key
