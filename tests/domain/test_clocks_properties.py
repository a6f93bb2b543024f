"""What must hold of every clock, whatever the case and the pack (D1, D2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.clocks import ClockFacts, Pause, compute_clocks
from desktop.domain.policy import ANCHORS, ClockRow, Workdays
from desktop.policy import load_policy
from desktop.policy.conditions import compile_condition

POLICY = load_policy()
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 900 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
clock_faces = st.integers(0, 23 * 4).map(lambda q: f"{q // 4:02}:{q % 4 * 15:02}")
openings = st.tuples(clock_faces, clock_faces).filter(lambda pair: pair[0] != pair[1])


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    since = draw(moments)
    length = draw(st.none() | st.integers(0, 20_000))
    until = None if length is None else since + timedelta(minutes=length)
    return Pause(since, until, draw(st.sampled_from(["waiting_customer", "waiting_parts", "x"])))


cases = st.builds(
    ClockFacts,
    opened_at=moments,
    level=st.integers(1, 4),
    tier=st.sampled_from(["vip", "ordinary"]),
    class_=st.sampled_from([None, "technical", "attitude", "contract"]),
    complexity=st.sampled_from(["ordinary", "complex"]),
    hours=st.dictionaries(st.sampled_from(DAYS), openings, min_size=1),
    pauses=st.lists(pauses(), max_size=4).map(tuple),
    anchors=st.dictionaries(st.sampled_from(ANCHORS[1:]), moments),
)


@st.composite
def rows(draw: st.DrawFn) -> ClockRow:
    kind = draw(st.sampled_from(["wall", "store_open", "workday"]))
    number = draw(st.integers(1, 12))
    return ClockRow(
        id="added",
        clock=draw(st.sampled_from([*POLICY.clock_titles, "brand_new"])),
        kind=kind,
        amount=Workdays(number) if kind == "workday" else timedelta(hours=number),
        starts_at=draw(st.sampled_from(ANCHORS)),
        when=compile_condition(draw(st.sampled_from(["true", "level == 1", 'tier == "vip"']))),
        pausable=draw(st.booleans()),
        title={"zh_CN": "新增", "en": "added"},
        source="test",
    )


@settings(max_examples=150, deadline=None)
@given(cases, moments, rows(), st.integers(0, 30))
def test_adding_a_row_never_makes_a_deadline_later(
    case: ClockFacts, now: datetime, row: ClockRow, position: int
) -> None:
    more = (*POLICY.clocks[:position], row, *POLICY.clocks[position:])
    before = {clock.name: clock.due for clock in compute_clocks(case, POLICY, now)}
    after = {
        clock.name: clock.due for clock in compute_clocks(case, replace(POLICY, clocks=more), now)
    }
    assert all(after[name] <= due for name, due in before.items())


@settings(max_examples=150, deadline=None)
@given(cases, moments, pauses())
def test_a_pause_never_makes_a_deadline_earlier(
    case: ClockFacts, now: datetime, pause: Pause
) -> None:
    before = {clock.name: clock.due for clock in compute_clocks(case, POLICY, now)}
    paused = replace(case, pauses=(*case.pauses, pause))
    after = {clock.name: clock.due for clock in compute_clocks(paused, POLICY, now)}
    assert all(after[name] >= due for name, due in before.items())
    if case.level == 1:
        assert after == before


@settings(max_examples=150, deadline=None)
@given(cases, moments)
def test_the_winner_is_the_tightest_and_reminders_lead_up_to_it(
    case: ClockFacts, now: datetime
) -> None:
    for clock in compute_clocks(case, POLICY, now):
        assert all(clock.due <= row.due for row in clock.lost)
        times = [clock.started_at, *(reminder.at for reminder in clock.reminders)]
        assert times == sorted(times)
        assert clock.reminders[-1].at == clock.due
