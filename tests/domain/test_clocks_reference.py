"""The clocks against a slow reference that steps through time, with rules of its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from desktop.domain.clocks import ClockFacts, Pause, compute_clocks
from desktop.policy import load_policy

ZONE = ZoneInfo("Asia/Shanghai")
STEP = timedelta(minutes=5)  # every time and limit of these cases lies on this grid
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINA = country_holidays("CN", years=(2025, 2026, 2027))
HOUR = 12  # steps

Case = ClockFacts
#: (clock, kind, steps or working days, anchor, applies, pausable), from requirements.md by hand.
ROWS: tuple[tuple[str, str, int, str, Callable[[Case], bool], bool], ...] = (
    ("first_response", "wall", 6, "opened_at", lambda c: c.level == 1, False),
    ("first_response", "store_open", 2 * HOUR, "opened_at", lambda c: c.level < 4, False),
    ("first_response", "store_open", HOUR, "opened_at", lambda c: c.tier == "vip", False),
    ("first_response", "store_open", 4 * HOUR, "opened_at", lambda c: c.tier != "vip", False),
    ("first_response", "store_open", 2 * HOUR, "opened_at", lambda c: c.class_ == "technical", 0),
    ("first_response", "store_open", 4 * HOUR, "opened_at", lambda c: c.class_ == "attitude", 0),
    ("first_response", "wall", 24 * HOUR, "opened_at", lambda c: c.class_ == "contract", False),
    ("special_team", "wall", 6, "opened_at", lambda c: c.level == 1, False),
    ("handling", "wall", 24 * HOUR, "opened_at", lambda c: c.complexity == "ordinary", False),
    ("handling", "wall", 48 * HOUR, "opened_at", lambda c: c.complexity == "complex", False),
    ("interim_feedback", "wall", 24 * HOUR, "opened_at", lambda c: True, False),
    ("progress_report", "wall", 48 * HOUR, "opened_at", lambda c: c.complexity == "complex", 0),
    ("diagnosis", "wall", 48 * HOUR, "help_requested_at", lambda c: True, True),
    ("solution", "wall", 72 * HOUR, "help_requested_at", lambda c: True, True),
    ("solution", "wall", 24 * HOUR, "opened_at", lambda c: c.level == 2, True),
    ("solution", "wall", 72 * HOUR, "opened_at", lambda c: c.level == 3, True),
    ("solution", "workday", 3, "opened_at", lambda c: c.complexity == "ordinary", True),
    ("solution", "workday", 5, "opened_at", lambda c: c.complexity == "complex", True),
    ("payout", "wall", 24 * HOUR, "approved_at", lambda c: True, False),
    ("written_report", "wall", 48 * HOUR, "compensated_at", lambda c: True, False),
    ("survey", "wall", 48 * HOUR, "solved_at", lambda c: True, False),
    ("waiting_customer", "store_open", 3, "arrived_at", lambda c: True, False),
)


def open_slots(case: Case) -> set[int]:
    """The steps of a week, counted from Monday 00:00, in which the store is open."""
    slots: set[int] = set()
    for index, day in enumerate(DAYS):
        if day in case.hours:
            opens, closes = (
                int(text[:2]) * HOUR + int(text[3:]) // 5 for text in map(str, case.hours[day])
            )
            if closes <= opens:
                closes += 24 * HOUR
            slots |= {(index * 24 * HOUR + slot) % (7 * 24 * HOUR) for slot in range(opens, closes)}
    return slots


def walk(
    case: Case, kind: str, amount: int, start: datetime, pausable: bool, now: datetime
) -> datetime:
    """Step by step until the limit is used up."""
    slots, first_day = open_slots(case), start.date()
    left = amount * 24 * HOUR if kind == "workday" else amount
    moment = start
    while left:
        slot = moment.weekday() * 24 * HOUR + moment.hour * HOUR + moment.minute // 5
        runs = True
        if kind == "store_open" and case.level != 1:
            runs = slot in slots
        elif kind == "workday":
            runs = moment.date() != first_day and CHINA.is_working_day(moment)
        if pausable and case.level != 1:
            runs = runs and not any(
                pause.since <= moment < (pause.until or now)
                for pause in case.pauses
                if pause.reason in ("waiting_customer", "waiting_parts")
            )
        left -= runs
        moment += STEP
    return moment


def random_case(chance: random.Random) -> tuple[Case, datetime]:
    start = datetime(2025, 1, 1, tzinfo=ZONE)

    def later(moment: datetime, days: float) -> datetime:
        return moment + STEP * chance.randrange(int(days * 24 * HOUR))

    opened = later(start, 700)
    days = chance.sample(DAYS, chance.randrange(1, 8))
    hours = {}
    for day in days:
        opens, closes = chance.sample(range(0, 24 * HOUR, 3), 2)
        hours[day] = tuple(f"{x // HOUR:02}:{x % HOUR * 5:02}" for x in (opens, closes))
    pauses = []
    for _ in range(chance.randrange(4)):
        since = later(opened - timedelta(hours=6), 4)
        until = later(since, 3) if chance.random() < 0.8 else None
        reason = chance.choice(["waiting_customer", "waiting_parts", "lunch"])
        pauses.append(Pause(since, until, reason))
    names = ("approved_at", "compensated_at", "solved_at", "arrived_at", "help_requested_at")
    case = ClockFacts(
        opened_at=opened,
        level=chance.randrange(1, 4),
        tier=chance.choice(["vip", "ordinary"]),
        class_=chance.choice([None, "technical", "attitude", "contract"]),
        complexity=chance.choice(["ordinary", "complex"]),
        hours=hours,
        pauses=tuple(pauses),
        anchors={name: later(opened, 3) for name in names if chance.random() < 0.4},
    )
    return case, later(opened, 6)


@pytest.mark.parametrize(
    ("seed", "cases"), [(20261121, 300), pytest.param(20261122, 4000, marks=pytest.mark.slow)]
)
def test_every_due_time_equals_that_of_the_reference_on_random_cases(seed: int, cases: int) -> None:
    chance = random.Random(seed)
    policy = load_policy()
    for number in range(cases):
        case, now = random_case(chance)
        expected: dict[str, list[datetime]] = {}
        for clock, kind, amount, anchor, applies, pausable in ROWS:
            start = case.opened_at if anchor == "opened_at" else case.anchors.get(anchor)
            if start is not None and applies(case):
                due = walk(case, kind, amount, start, bool(pausable), now)
                expected.setdefault(clock, []).append(due)
        found = {
            clock.name: sorted([clock.due, *(row.due for row in clock.lost)])
            for clock in compute_clocks(case, policy, now)
        }
        assert found == {name: sorted(dues) for name, dues in expected.items()}, (number, case)
