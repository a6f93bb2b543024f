"""The figures of the month: shares, means and the Pareto order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.reports.charts import pareto
from desktop.reports.models import Figure, Tally
from desktop.reports.monthly import figure_value


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        (Figure("on_time", "share", Decimal(141), 152), "92.8"),
        (Figure("on_time", "share", Decimal(1), 8), "12.5"),
        (Figure("on_time", "share", Decimal(0), 0), None),
        (Figure("received", "count", Decimal(170)), "170"),
        (Figure("first_response_minutes", "mean", Decimal(8330), 168, "minutes"), "49.6"),
        (Figure("mean_goodwill", "mean", Decimal("8412.50"), 61, "yuan"), "137.91"),
        (Figure("on_time", "share", Decimal(1), 800), "0.1"),
        (Figure("on_time", "share", Decimal(5), 2000), "0.3"),
    ],
)
def test_a_figure_is_its_parts_divided_and_rounded_half_up(
    figure: Figure, value: str | None
) -> None:
    assert figure_value(figure) == (None if value is None else Decimal(value))


def test_the_vital_few_are_the_first_causes_that_reach_80_percent() -> None:
    chart = pareto(
        [Tally("C", "c", 5), Tally("A", "a", 60), Tally("B", "b", 20), Tally("D", "d", 15)]
    )
    assert [(row.name, row.cumulative) for row in chart.rows] == [
        ("A a", 60),
        ("B b", 80),
        ("D d", 95),
        ("C c", 100),
    ]
    assert chart.vital == 2


@given(st.lists(st.integers(0, 500), max_size=30))
def test_pareto_holds_for_any_counts(counts: list[int]) -> None:
    chart = pareto([Tally(f"K{i:02}", "name", count) for i, count in enumerate(counts)])
    assert chart.total == sum(counts)
    shown = [row.count for row in chart.rows]
    assert shown == sorted((c for c in counts if c), reverse=True)
    if chart.total:
        reached = sum(shown[: chart.vital]) * 100
        assert reached >= 80 * chart.total
        assert sum(shown[: chart.vital - 1]) * 100 < 80 * chart.total
