"""Saved views: periods that people speak of, kept by name, and never a broken list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.services.list_views import (
    MOVING,
    QUARTERS_BACK,
    ListViews,
    View,
    quarters_until,
    span_of,
)
from desktop.services.ticket_ports import TicketFilter
from desktop.texts import Texts

SHANGHAI = ZoneInfo("Asia/Shanghai")


class MemorySettings:
    """Settings of one test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str, default: str = "") -> str:
        return self.kept.get(name, default)

    def set(self, name: str, value: str) -> None:
        self.kept[name] = value


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("2024Q3", date(2024, 7, 1), date(2024, 10, 1)),
        ("2024Q4", date(2024, 10, 1), date(2025, 1, 1)),
        ("2024", date(2024, 1, 1), date(2025, 1, 1)),
        ("today", date(2026, 1, 15), date(2026, 1, 16)),
        ("week", date(2026, 1, 9), date(2026, 1, 16)),
        ("month", date(2026, 1, 1), date(2026, 2, 1)),
        ("last_month", date(2025, 12, 1), date(2026, 1, 1)),
        ("quarter", date(2026, 1, 1), date(2026, 4, 1)),
        ("last_quarter", date(2025, 10, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_is_the_days_that_people_mean(period: str, first: date, after: date) -> None:
    assert span_of(period, date(2026, 1, 15)) == (first, after)


def test_every_period_offered_is_known_and_nothing_else() -> None:
    offered = quarters_until(date(2026, 11, 21))
    assert offered[0] == "2026Q4"
    assert "2024Q3" in offered
    assert len(offered) == QUARTERS_BACK
    for period in (*MOVING, *offered):
        first, after = span_of(period, date(2026, 11, 21))
        assert first < after
    with pytest.raises(ValueError, match="unknown period"):
        span_of("2024Q5", date(2026, 11, 21))


def test_a_view_counts_days_in_the_zone_of_the_store() -> None:
    view = View(period="2024Q3", families=("PQ",), states=("open",), levels=(1, 2), text=" 漏水 ")
    wanted = view.filter(datetime(2026, 11, 21, tzinfo=UTC), SHANGHAI)
    assert wanted == TicketFilter(
        text="漏水",
        open_only=True,
        levels=frozenset({1, 2}),
        families=frozenset({"PQ"}),
        opened_from=datetime(2024, 6, 30, 16, tzinfo=UTC),
        opened_before=datetime(2024, 9, 30, 16, tzinfo=UTC),
    )


def test_the_view_of_unhappy_customers() -> None:
    """NC-12: 客户满意度低于3分 is a state to choose, which a saved view keeps."""
    view = View(states=("low_stars",))
    assert view.filter(datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Shanghai")).low_stars
    assert Texts("zh_CN").get("ui_complaints.filter.low_stars") == "客户满意度低于3分"


def test_views_are_kept_replaced_and_forgotten_by_name() -> None:
    settings = MemorySettings()
    views = ListViews(settings)
    name = "2024年第三季度产品质量"
    views.save(View(period="2024Q3", families=("PQ",)), f" {name} ")
    views.save(View(text="漏水", order="due"), "漏水")
    views.save(View(period="2024Q3", families=("PQ",), levels=(1,)), name)
    assert [view.name for view in ListViews(settings).all()] == ["漏水", name]
    assert ListViews(settings).all()[1].levels == (1,)
    assert [view.name for view in views.delete("漏水")] == [name]


@pytest.mark.parametrize("stored", ["", "no json", '{"a": 1}', '[{"name": "x"}, 3]', "[null]"])
def test_what_cannot_be_read_is_left_out(stored: str) -> None:
    settings = MemorySettings()
    settings.set("list.views", stored)
    assert list(ListViews(settings).all()) == []
