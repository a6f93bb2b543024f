"""Working days, opening hours and their readings (D2, R5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from desktop.domain.calendar import StoreHours, StoreNeverOpensError
from desktop.policy import load_policy

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = load_policy().calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 13), True),  # Friday before 春节
        (date(2026, 2, 14), True),  # Saturday, make-up
        (date(2026, 2, 15), False),  # Sunday
        (date(2026, 2, 16), False),  # Monday, holiday
        (date(2026, 2, 23), False),  # Monday, holiday
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, make-up
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # Saturday, make-up
        (date(2027, 1, 1), True),  # a Friday beyond what is published
    ],
)
def test_make_up_weekends_work_and_holidays_do_not(day: date, works: bool) -> None:
    assert CALENDAR.is_workday(day) is works


def test_what_is_published_is_known() -> None:
    assert CALENDAR.covers(date(2026, 12, 31))
    assert not CALENDAR.covers(date(2027, 1, 1))
    assert not CALENDAR.covers(date(2024, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def spans(hours: dict[str, object], start: str, count: int) -> list[tuple[datetime, datetime]]:
    return list(islice(StoreHours.parse(hours).spans_from(at(start), SHANGHAI), count))


def test_an_evening_opening_runs_past_midnight_into_a_day_without_hours() -> None:
    # 2026-11-20 is a Friday
    assert spans({"fri": ["18:00", "02:00"]}, "2026-11-21T01:30", 2) == [
        (at("2026-11-21T01:30"), at("2026-11-21T02:00")),
        (at("2026-11-27T18:00"), at("2026-11-28T02:00")),
    ]


def test_hours_that_overlap_count_once() -> None:
    found = spans({"fri": ["18:00", "10:00"], "sat": ["09:00", "12:00"]}, "2026-11-20T17:00", 2)
    assert found[0] == (at("2026-11-20T18:00"), at("2026-11-21T10:00"))
    assert found[1] == (at("2026-11-21T10:00"), at("2026-11-21T12:00"))


def test_a_lunch_break_is_two_openings() -> None:
    hours = {"fri": [["13:00", "18:00"], ["09:00", "12:00"]]}
    assert spans(hours, "2026-11-20T08:00", 2) == [
        (at("2026-11-20T09:00"), at("2026-11-20T12:00")),
        (at("2026-11-20T13:00"), at("2026-11-20T18:00")),
    ]


def test_round_the_clock_has_no_gap_at_midnight() -> None:
    week = {key: ["00:00", "24:00"] for key in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    found = spans(week, "2026-11-20T08:00", 8)
    assert all(before[1] == after[0] for before, after in pairwise(found))


@pytest.mark.parametrize("hours", [{}, {"mon": None}, {"mon": []}])
def test_a_store_that_never_opens_is_told_so(hours: dict[str, object]) -> None:
    with pytest.raises(StoreNeverOpensError, match="never opens"):
        StoreHours.parse(hours)


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ({"monday": ["09:00", "21:00"]}, "'monday' is no weekday"),
        ({"mon": ["09:00"]}, "hours.mon"),
        ({"mon": "09:00-21:00"}, "hours.mon"),
        ({"mon": ["9am", "21:00"]}, "'9am' is no time of day"),
        ({"mon": ["09:60", "21:00"]}, "'09:60' is no time of day"),
        ({"mon": ["09:00", "24:01"]}, "'24:01' is no time of day"),
        ({"mon": ["09:00", "09:00"]}, "all day is 00:00 to 24:00"),
        ({"mon": [9, 21]}, "9 is no time of day"),
    ],
)
def test_hours_that_cannot_be_read_are_named(hours: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        StoreHours.parse(hours)
