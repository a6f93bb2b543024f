"""Named clocks by hand-computed cases: D1, D2, R1–R6 and the requirements they read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.domain.calendar import StoreNeverOpensError
from desktop.domain.clocks import Clock, ClockFacts, Pause, compute_clocks
from desktop.policy import load_policy

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ("09:00", "21:00"))


def at(text: str) -> datetime:
    """A time of the store, 2026 and its zone understood: "11-20 10:31"."""
    full = text if text.count("-") > 1 else f"2026-{text}"
    return datetime.fromisoformat(full).replace(tzinfo=ZONE)


def clocks(
    opened: str,
    now: str | None = None,
    *,
    level: int = 3,
    tier: str = "ordinary",
    class_: str | None = None,
    complexity: str = "ordinary",
    hours: Mapping[str, tuple[str, str]] = WEEK,
    pauses: tuple[tuple[str, str | None, str], ...] = (),
    timezone: str = "Asia/Shanghai",
    **anchors: str,
) -> dict[str, Clock]:
    facts = ClockFacts(
        opened_at=at(opened),
        level=level,
        tier=tier,
        class_=class_,
        complexity=complexity,
        hours=hours,
        pauses=tuple(Pause(at(a), at(b) if b else None, why) for a, b, why in pauses),
        anchors={name: at(moment) for name, moment in anchors.items()},
        timezone=timezone,
    )
    found = compute_clocks(facts, load_policy(), at(now or opened).astimezone(UTC))
    return {clock.name: clock for clock in found}


def lost(clock: Clock) -> dict[str, datetime]:
    return {row.rule: row.due for row in clock.lost}


# 2026-11-20 is a Friday.


def test_the_tightest_row_wins_and_the_losers_keep_their_times() -> None:
    response = clocks("11-20 10:00", tier="vip", class_="attitude")["first_response"]
    assert (response.due, response.rule) == (at("11-20 11:00"), "SL-02.vip")
    assert lost(response) == {
        "SL-01": at("11-20 12:00"),
        "SL-03.attitude": at("11-20 14:00"),
    }


def test_an_ordinary_customer_is_answered_within_two_hours() -> None:
    response = clocks("11-20 10:00")["first_response"]
    assert (response.due, response.rule) == (at("11-20 12:00"), "SL-01")
    assert lost(response) == {"SL-02.ordinary": at("11-20 14:00")}


def test_a_contract_dispute_brings_legal_in_within_a_day_of_wall_clock() -> None:
    response = clocks("11-20 10:00", class_="contract")["first_response"]
    assert lost(response)["SL-03.contract"] == at("11-21 10:00")


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("11-20 19:00", "11-20 21:00"),  # used up exactly at closing is due at closing
        ("11-20 19:01", "11-21 09:01"),
        ("11-20 21:00", "11-21 11:00"),  # opened at closing counts from the next opening
        ("11-20 23:30", "11-21 11:00"),
        ("11-20 08:00", "11-20 11:00"),
        ("11-20 09:00", "11-20 11:00"),
        ("12-31 20:00", "2027-01-01 10:00"),  # year end; holidays do not shut stores
    ],
)
def test_short_limits_run_while_the_store_is_open(opened: str, due: str) -> None:
    assert clocks(opened)["first_response"].due == at(due)


def test_hours_past_midnight_carry_a_limit_over_midnight() -> None:
    night = {"fri": ("18:00", "02:00"), "sat": ("18:00", "02:00")}
    assert clocks("11-20 23:30", hours=night)["first_response"].due == at("11-21 01:30")
    assert clocks("11-21 01:00", hours=night)["first_response"].due == at("11-21 19:00")
    assert clocks("11-22 01:00", hours=night)["first_response"].due == at("11-27 19:00")


def test_days_absent_from_the_hours_are_shut() -> None:
    weekdays = {day: WEEK[day] for day in ("mon", "tue", "wed", "thu", "fri")}
    assert clocks("11-20 20:00", hours=weekdays)["first_response"].due == at("11-23 10:00")


def test_level_one_runs_on_the_wall_at_night_and_never_pauses() -> None:
    found = clocks(
        "11-20 23:00",
        "11-25 12:00",
        level=1,
        pauses=(("11-20 23:00", None, "waiting_customer"),),
    )
    response = found["first_response"]
    assert (response.due, response.kind) == (at("11-20 23:30"), "wall")
    assert lost(response)["SL-01"] == at("11-21 01:00")
    assert found["special_team"].due == at("11-20 23:30")
    # no level row of its own: 3 working days, the day of opening not counted (R1)
    assert (found["solution"].due, found["solution"].kind) == (at("11-26 00:00"), "workday")


def test_level_four_has_no_clocks() -> None:
    everything = dict.fromkeys(
        ("approved_at", "compensated_at", "solved_at", "arrived_at"), "11-20 10:00"
    )
    assert clocks("11-20 10:00", level=4, tier="vip", class_="technical", **everything) == {}


@pytest.mark.parametrize(
    ("level", "due", "rule"),
    [(2, "11-21 10:00", "CL-02"), (3, "11-23 10:00", "CL-03")],
)
def test_level_rows_of_the_solution_run_on_the_wall(level: int, due: str, rule: str) -> None:
    solution = clocks("11-20 10:00", level=level, complexity="complex")["solution"]
    assert (solution.due, solution.rule) == (at(due), rule)
    assert lost(solution) == {"FL-11.complex": at("11-28 00:00")}


@pytest.mark.parametrize(
    ("complexity", "opened", "due"),
    [
        ("ordinary", "11-20 10:00", "11-26 00:00"),
        ("complex", "11-20 10:00", "11-28 00:00"),
        ("ordinary", "11-20 00:00", "11-26 00:00"),  # midnight belongs to the new day
        ("ordinary", "11-19 23:59", "11-25 00:00"),
        ("ordinary", "02-12 10:00", "02-25 00:00"),  # Fri 13, make-up Sat 14, 春节, Tue 24
        ("complex", "09-30 10:00", "10-14 00:00"),  # 8, 9, make-up Sat 10, 12, 13
        ("ordinary", "2025-12-31 10:00", "2026-01-07 00:00"),  # make-up Sunday 4 January
        ("ordinary", "04-30 23:00", "05-09 00:00"),  # 6, 7, 8 May
    ],
)
def test_working_days_follow_the_published_calendar(complexity: str, opened: str, due: str) -> None:
    solution = clocks(opened, level=1, complexity=complexity)["solution"]
    assert solution.due == at(due)
    assert not solution.provisional


def test_beyond_the_published_calendar_weekends_count_and_it_says_provisional() -> None:
    solution = clocks("12-29 10:00", level=1)["solution"]
    assert (solution.due, solution.provisional) == (at("2027-01-02 00:00"), True)
    inside = clocks("12-28 10:00", level=1)["solution"]
    assert (inside.due, inside.provisional) == (at("2027-01-01 00:00"), False)


def test_handling_is_a_clock_of_its_own() -> None:
    assert clocks("11-20 10:00")["handling"].due == at("11-21 10:00")
    complex_ = clocks("11-20 10:00", complexity="complex")["handling"]
    assert (complex_.due, complex_.rule) == (at("11-22 10:00"), "FL-10.supervisor")


def test_feedback_for_all_and_a_progress_report_for_complex_ones() -> None:
    assert clocks("11-20 10:00")["interim_feedback"].due == at("11-21 10:00")
    assert "progress_report" not in clocks("11-20 10:00")
    report = clocks("11-20 10:00", complexity="complex")["progress_report"]
    assert report.due == at("11-22 10:00")


def test_clocks_of_later_events_do_not_exist_before_them() -> None:
    names = {"payout", "written_report", "survey", "waiting_customer", "diagnosis"}
    assert not names & set(clocks("11-20 10:00"))


def test_clocks_of_later_events_start_with_them() -> None:
    found = clocks(
        "11-20 10:00",
        approved_at="11-20 12:00",
        compensated_at="11-20 13:00",
        solved_at="11-20 14:00",
        arrived_at="11-20 20:50",
        help_requested_at="11-20 15:00",
    )
    assert found["payout"].due == at("11-21 12:00")
    assert found["written_report"].due == at("11-22 13:00")
    assert found["survey"].due == at("11-22 14:00")
    assert found["waiting_customer"].due == at("11-21 09:05")
    assert found["diagnosis"].due == at("11-22 15:00")
    assert lost(found["solution"])["FL-09.solution"] == at("11-23 15:00")


WAITING = "waiting_customer"


@pytest.mark.parametrize(
    ("pauses", "now", "due"),
    [
        ((("11-20 12:00", "11-20 18:00", WAITING),), "11-21 10:00", "11-23 16:00"),
        # overlapping ones count once
        (
            (("11-20 12:00", "11-20 18:00", WAITING), ("11-20 15:00", "11-20 20:00", WAITING)),
            "11-21 10:00",
            "11-23 18:00",
        ),
        # an open one runs until now
        ((("11-20 12:00", None, "waiting_parts"),), "11-21 10:00", "11-24 08:00"),
        # other reasons stop nothing
        ((("11-20 12:00", "11-20 18:00", "lunch"),), "11-21 10:00", "11-23 10:00"),
        # from before the opening only what overlaps counts
        ((("11-20 08:00", "11-20 11:00", WAITING),), "11-21 10:00", "11-23 11:00"),
        # over the due time: what was left runs on after it
        ((("11-23 09:00", "11-24 09:00", WAITING),), "11-24 10:00", "11-24 10:00"),
        # begun after the limit was used up: too late to stop it
        ((("11-23 10:00", "11-24 09:00", WAITING),), "11-24 10:00", "11-23 10:00"),
    ],
)
def test_pauses_stop_the_solution(
    pauses: tuple[tuple[str, str | None, str], ...], now: str, due: str
) -> None:
    assert clocks("11-20 10:00", now, pauses=pauses)["solution"].due == at(due)


def test_pauses_do_not_stop_the_first_response_or_the_handling() -> None:
    paused = clocks("11-20 10:00", "11-21 10:00", pauses=(("11-20 10:30", None, WAITING),))
    assert paused["first_response"].due == at("11-20 12:00")
    assert paused["handling"].due == at("11-21 10:00")
    assert paused["interim_feedback"].due == at("11-21 10:00")


def test_a_pause_over_a_weekend_costs_working_days_only_what_it_covers_of_them() -> None:
    pauses = (("11-20 18:00", "11-23 12:00", WAITING),)
    solution = clocks("11-20 10:00", "11-23 12:00", pauses=pauses)["solution"]
    assert lost(solution)["FL-11.ordinary"] == at("11-26 12:00")


def test_reminders_come_at_shares_of_the_running_time() -> None:
    response = clocks("11-20 20:00")["first_response"]
    assert [(r.percent, r.at) for r in response.reminders] == [
        (50, at("11-20 21:00")),
        (80, at("11-21 09:36")),
        (100, at("11-21 10:00")),
    ]


def test_the_store_s_zone_decides_over_midnight_and_where_clocks_change() -> None:
    new_york = ZoneInfo("America/New_York")
    # clocks go back on 2026-11-01: Saturday 31 October is followed by a day of 25 hours
    opened = datetime(2026, 10, 31, 23, 0, tzinfo=new_york)
    all_day = dict.fromkeys(WEEK, ("00:00", "24:00"))
    facts = ClockFacts(
        opened, 3, "ordinary", None, "ordinary", all_day, timezone="America/New_York"
    )
    found = {clock.name: clock for clock in compute_clocks(facts, load_policy(), opened)}
    assert found["first_response"].due.astimezone(new_york).isoformat() == (
        "2026-11-01T01:00:00-04:00"
    )
    assert found["interim_feedback"].due.astimezone(new_york).isoformat() == (
        "2026-11-01T22:00:00-05:00"
    )


def test_every_clock_has_a_title_in_both_languages() -> None:
    for clock in clocks("11-20 10:00", complexity="complex").values():
        assert clock.title["zh_CN"]
        assert clock.title["en"]


def test_a_store_that_never_opens_is_a_clear_error() -> None:
    with pytest.raises(StoreNeverOpensError, match="never opens"):
        clocks("11-20 10:00", hours={})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level": 5}, "level: 5"),
        ({"level": True}, "level: True"),
        ({"tier": "gold"}, "tier: 'gold'"),
        ({"class_": "other"}, "class: 'other'"),
        ({"complexity": "hard"}, "complexity: 'hard'"),
        ({"pauses": (("11-20 12:00", "11-20 11:00", WAITING),)}, "before it began"),
    ],
)
def test_facts_out_of_range_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        clocks("11-20 10:00", **changes)  # type: ignore[arg-type]


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        ClockFacts(datetime(2026, 11, 20), 3, "vip", None, "ordinary", WEEK)  # noqa: DTZ001
