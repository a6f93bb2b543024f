"""The golden table of 2026–2027: due times worked out by hand from the State Council's calendar.

SL-01, SL-02, FL-08, FL-10, FL-11, CL-01 … CL-03, D1, D2, R1, R5: make-up working weekends (调休),
holidays, midnight, the year's end and the store's hours. Times are the store's own, "24" is the
midnight that ends a day. 2027 is beyond the published calendar: weekends count, the clock says so.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domain.test_clocks import at, clocks

#: Opened, days, due: the n-th working day after the day of opening ends at 24:00 (R5).
WORKDAYS = [
    ("2026-01-01 10:00", 3, "2026-01-06 24", False),  # 元旦: 2 January free, Sunday the 4th works
    ("2026-01-02 10:00", 3, "2026-01-06 24", False),
    ("2026-01-04 10:00", 3, "2026-01-07 24", False),  # the make-up Sunday is the day of opening
    ("2026-01-05 10:00", 5, "2026-01-12 24", False),
    (
        "2026-02-13 10:00",
        3,
        "2026-02-25 24",
        False,
    ),  # 春节: the 14th works, then nine free
    ("2026-02-14 10:00", 3, "2026-02-26 24", False),
    ("2026-02-15 10:00", 3, "2026-02-26 24", False),
    ("2026-02-23 23:59", 3, "2026-02-26 24", False),
    ("2026-02-24 00:00", 3, "2026-02-27 24", False),
    ("2026-02-27 10:00", 3, "2026-03-03 24", False),  # Saturday the 28th works
    ("2026-02-27 10:00", 5, "2026-03-05 24", False),
    ("2026-04-03 10:00", 3, "2026-04-09 24", False),  # 清明: 4 to 6 April
    ("2026-04-30 10:00", 3, "2026-05-08 24", False),  # 劳动节: 1 to 5 May
    ("2026-05-08 10:00", 3, "2026-05-12 24", False),  # Saturday the 9th works
    ("2026-05-08 10:00", 5, "2026-05-14 24", False),
    ("2026-06-18 10:00", 3, "2026-06-24 24", False),  # 端午: 19 to 21 June
    ("2026-09-18 10:00", 3, "2026-09-22 24", False),  # Sunday the 20th works
    ("2026-09-24 10:00", 3, "2026-09-30 24", False),  # 中秋: 25 to 27 September
    ("2026-09-30 10:00", 3, "2026-10-10 24", False),  # 国庆: 8, 9 and Saturday the 10th work
    ("2026-09-30 10:00", 5, "2026-10-13 24", False),
    ("2026-10-09 23:59", 3, "2026-10-13 24", False),
    ("2026-10-10 00:00", 3, "2026-10-14 24", False),
    ("2026-11-15 23:59", 3, "2026-11-18 24", False),
    ("2026-11-16 00:00", 3, "2026-11-19 24", False),
    ("2026-12-28 10:00", 3, "2026-12-31 24", False),  # the last published day
    ("2026-12-29 10:00", 3, "2027-01-01 24", True),  # 2027 is not published yet
    ("2026-12-31 23:59", 3, "2027-01-05 24", True),
    ("2026-12-31 23:59", 5, "2027-01-07 24", True),
    ("2027-02-05 10:00", 3, "2027-02-10 24", True),
    ("2027-06-30 10:00", 5, "2027-07-07 24", True),
]


def midnight(text: str):
    day = text.removesuffix(" 24")
    return at(f"{day} 00:00") + timedelta(days=1) if day != text else at(text)


@pytest.mark.parametrize(("opened", "days", "due", "provisional"), WORKDAYS)
def test_fl_11_working_days_end_at_midnight_of_the_nth(opened, days, due, provisional) -> None:
    """Level 1 has no other row of the solution clock (R1)."""
    complexity = "ordinary" if days == 3 else "complex"
    clock = clocks(opened, level=1, complexity=complexity)["solution"]
    assert clock.due == midnight(due)
    assert (clock.kind, clock.provisional) == ("workday", provisional)


SHUT_SUNDAY = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), ("09:00", "21:00"))
NIGHT = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("18:00", "02:00"))
WEEK = {**SHUT_SUNDAY, "sun": ("09:00", "21:00")}

STORE_OPEN = [
    ("2026-11-20 10:00", "ordinary", WEEK, "2026-11-20 12:00"),
    ("2026-11-20 10:00", "vip", WEEK, "2026-11-20 11:00"),
    ("2026-11-20 19:00", "ordinary", WEEK, "2026-11-20 21:00"),  # used up at closing: due then
    ("2026-11-20 19:00:01", "ordinary", WEEK, "2026-11-21 09:00:01"),
    ("2026-11-20 20:30", "ordinary", WEEK, "2026-11-21 10:30"),
    ("2026-11-20 21:00", "ordinary", WEEK, "2026-11-21 11:00"),
    ("2026-11-20 23:59:59", "ordinary", WEEK, "2026-11-21 11:00"),
    ("2026-11-21 00:00", "vip", WEEK, "2026-11-21 10:00"),
    ("2026-11-21 08:59:59", "vip", WEEK, "2026-11-21 10:00"),
    ("2026-11-21 20:00", "ordinary", SHUT_SUNDAY, "2026-11-23 10:00"),
    ("2026-11-22 12:00", "vip", SHUT_SUNDAY, "2026-11-23 10:00"),
    ("2026-10-01 10:00", "ordinary", WEEK, "2026-10-01 12:00"),  # holidays do not shut stores
    ("2026-12-31 20:00", "ordinary", WEEK, "2027-01-01 10:00"),
    ("2026-12-31 23:59:59", "vip", WEEK, "2027-01-01 10:00"),
    ("2026-11-20 19:00", "ordinary", NIGHT, "2026-11-20 21:00"),
    ("2026-11-20 23:30", "ordinary", NIGHT, "2026-11-21 01:30"),
    ("2026-11-21 01:30", "ordinary", NIGHT, "2026-11-21 19:30"),
    ("2026-12-31 23:00", "vip", NIGHT, "2027-01-01 00:00"),
    ("2026-11-21 02:00", "vip", NIGHT, "2026-11-21 19:00"),
]


@pytest.mark.parametrize(("opened", "tier", "hours", "due"), STORE_OPEN)
def test_sl_01_sl_02_short_limits_run_in_the_store_s_hours(opened, tier, hours, due) -> None:
    clock = clocks(opened, tier=tier, hours=hours)["first_response"]
    assert (clock.due, clock.kind) == (at(due), "store_open")


WALL = [
    # Opened, level, complexity, clock, due.
    ("2026-12-31 23:45", 1, "ordinary", "first_response", "2027-01-01 00:15"),
    ("2026-12-31 23:45", 1, "ordinary", "special_team", "2027-01-01 00:15"),
    ("2026-02-28 03:00", 1, "ordinary", "special_team", "2026-02-28 03:30"),
    ("2026-02-28 12:00", 2, "ordinary", "solution", "2026-03-01 12:00"),
    ("2026-02-28 12:00", 3, "ordinary", "solution", "2026-03-03 12:00"),
    ("2026-12-30 12:00", 3, "ordinary", "solution", "2027-01-02 12:00"),
    ("2026-12-31 12:00", 2, "complex", "solution", "2027-01-01 12:00"),
    ("2026-10-01 00:00", 3, "ordinary", "handling", "2026-10-02 00:00"),
    ("2026-10-01 00:00", 3, "complex", "handling", "2026-10-03 00:00"),
    ("2026-12-31 23:59", 3, "ordinary", "interim_feedback", "2027-01-01 23:59"),
    ("2026-12-30 23:59", 3, "complex", "progress_report", "2027-01-01 23:59"),
]


@pytest.mark.parametrize(("opened", "level", "complexity", "name", "due"), WALL)
def test_fl_08_fl_10_the_wall_clock_knows_no_holiday_and_no_night(
    opened, level, complexity, name, due
) -> None:
    clock = clocks(opened, level=level, complexity=complexity)[name]
    assert (clock.due, clock.kind, clock.provisional) == (at(due), "wall", False)
