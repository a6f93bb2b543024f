"""The named clocks of a complaint: every matching limit computed, the tightest wins (D1, D2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.domain.calendar import StoreHours, WorkCalendar, local_midnight
from desktop.domain.policy import ClockKind, ClockRow, LocalText, Policy, Workdays

#: What a row of the pack may ask about a complaint; the rest of FACTS is no matter of time limits.
CLOCK_FACTS = ("level", "tier", "class", "complexity")
#: The reasons that stop a pausable clock (R3); any other pause is recorded and stops nothing.
PAUSING_REASONS = ("waiting_customer", "waiting_parts")
URGENT_LEVEL = 1
_TIERS = ("vip", "ordinary")
_COMPLEXITIES = ("ordinary", "complex")
_CLASSES = (None, "technical", "attitude", "contract")
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)

_Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of waiting; `until` None is still running (R3)."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What the time limits depend on; every time is aware.

    `hours` is `{"mon": ("09:00", "21:00"), …}` in the store's `timezone`, absent days are shut.
    """

    opened_at: datetime
    level: int
    tier: str
    class_: str | None
    complexity: str
    hours: Mapping[str, Sequence[object]]
    pauses: tuple[Pause, ...] = ()
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        _one_of("level", self.level, (1, 2, 3, 4))
        _one_of("tier", self.tier, _TIERS)
        _one_of("class", self.class_, _CLASSES)
        _one_of("complexity", self.complexity, _COMPLEXITIES)
        times = [self.opened_at, *self.anchors.values(), *(p.since for p in self.pauses)]
        if any(moment.tzinfo is None for moment in times):
            raise ValueError("every time of a clock needs its offset from UTC")
        if any(p.until is not None and p.until < p.since for p in self.pauses):
            raise ValueError("a pause cannot end before it began")

    def start_of(self, anchor: str) -> datetime | None:
        """When the event that starts a row happened, or None while it has not (R2)."""
        moment = self.opened_at if anchor == "opened_at" else self.anchors.get(anchor)
        return moment.astimezone(UTC) if moment else None

    def for_conditions(self) -> dict[str, object]:
        """The facts that a row's condition may name (CLOCK_FACTS)."""
        return {
            "level": self.level,
            "tier": self.tier,
            "class": self.class_ or "",
            "complexity": self.complexity,
        }


@dataclass(frozen=True, slots=True)
class LostRow:
    """A row that also applied and left more time."""

    rule: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Reminder:
    """When `percent` of the limit is used up (SL-05)."""

    percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One named clock with the row that won and the rows that lost; times in UTC.

    `provisional` says that working days beyond the published calendar were counted (R5).
    """

    name: str
    due: datetime
    rule: str
    kind: ClockKind
    provisional: bool
    lost: tuple[LostRow, ...]
    started_at: datetime
    reminders: tuple[Reminder, ...]
    title: LocalText
    source: str


@dataclass(frozen=True, slots=True)
class _Running:
    """A row on its way: when it started, on which stretches it runs and when it ends."""

    row: ClockRow
    kind: ClockKind
    start: datetime
    pauses: tuple[_Span, ...]
    due: datetime


class _Timeline:
    """Where the time of one complaint runs: its store, its zone, the working calendar."""

    def __init__(self, facts: ClockFacts, calendar: WorkCalendar) -> None:
        self.zone = ZoneInfo(facts.timezone)
        self.hours = StoreHours.parse(facts.hours)
        self.calendar = calendar

    def spans(self, kind: ClockKind, start: datetime) -> Iterator[_Span]:
        """The stretches from `start` on in which a limit of this kind runs, in order."""
        if kind == "store_open":
            return self.hours.spans_from(start, self.zone)
        if kind == "workday":
            return self._workdays(start)
        return iter(((start, _END_OF_TIME),))

    def _workdays(self, start: datetime) -> Iterator[_Span]:
        """Whole working days after the day of `start`, which is not counted (R5)."""
        day = start.astimezone(self.zone).date()
        while True:
            day += timedelta(days=1)
            if self.calendar.is_workday(day):
                following = day + timedelta(days=1)
                yield local_midnight(day, self.zone), local_midnight(following, self.zone)

    def length(self, row: ClockRow, start: datetime) -> timedelta:
        """The limit as running time: n working days are as long as the first n of them are."""
        if not isinstance(row.amount, Workdays):
            return row.amount
        days = self._workdays(start)
        lengths = (end - begin for begin, end in (next(days) for _ in range(row.amount.count)))
        return sum(lengths, timedelta())

    def is_provisional(self, start: datetime, due: datetime) -> bool:
        """Whether a day that was counted lies outside the published calendar."""
        first = start.astimezone(self.zone).date() + timedelta(days=1)
        last = (due - timedelta(microseconds=1)).astimezone(self.zone).date()
        return not (self.calendar.covers(first) and self.calendar.covers(last))


def compute_clocks(
    facts: ClockFacts, policy: Policy, now: datetime, *, only: str = "", reminders: bool = True
) -> tuple[Clock, ...]:
    """Return every clock that exists for these facts, the tightest first.

    A clock that is done is the caller's business. `only` names one clock to compute; without
    `reminders` theirs, half of the work, stay empty. Raises ValueError for a zone that does not
    exist or hours that cannot be read, StoreNeverOpensError when there is no open hour.
    """
    timeline = _Timeline(facts, policy.calendar)
    pauses = _merged_pauses(facts.pauses, now.astimezone(UTC))
    asked = facts.for_conditions()
    by_clock: dict[str, list[_Running]] = {}
    for row in policy.clocks:
        if only and row.clock != only:
            continue
        start = facts.start_of(row.starts_at)
        if start is not None and row.when(asked):
            running = _run(row, start, facts.level, pauses, timeline)
            by_clock.setdefault(row.clock, []).append(running)
    percents = policy.thresholds.reminder_percents if reminders else ()
    clocks = (_clock(rows, policy, timeline, percents) for rows in by_clock.values())
    return tuple(sorted(clocks, key=lambda clock: clock.due))


def _run(
    row: ClockRow,
    start: datetime,
    level: int,
    pauses: tuple[_Span, ...],
    timeline: _Timeline,
) -> _Running:
    """Level 1 never waits for the store to open and never pauses (D2)."""
    urgent = level == URGENT_LEVEL
    kind: ClockKind = "wall" if urgent and row.kind == "store_open" else row.kind
    stops = pauses if row.pausable and not urgent else ()
    due = _after(timeline.length(row, start), timeline.spans(kind, start), stops)
    return _Running(row, kind, start, stops, due)


def _clock(
    rows: list[_Running], policy: Policy, timeline: _Timeline, percents: tuple[int, ...]
) -> Clock:
    """The tightest row wins; of equal ones the first of the pack."""
    winner, *losers = sorted(rows, key=lambda running: running.due)
    provisional = winner.kind == "workday" and timeline.is_provisional(winner.start, winner.due)
    return Clock(
        name=winner.row.clock,
        due=winner.due,
        rule=winner.row.id,
        kind=winner.kind,
        provisional=provisional,
        lost=tuple(LostRow(loser.row.id, loser.due) for loser in losers),
        started_at=winner.start,
        reminders=_reminders(winner, percents, timeline),
        title=policy.clock_titles.get(winner.row.clock, winner.row.title),
        source=winner.row.source,
    )


def _reminders(
    running: _Running, percents: tuple[int, ...], timeline: _Timeline
) -> tuple[Reminder, ...]:
    whole = timeline.length(running.row, running.start) if percents else timedelta()
    return tuple(
        Reminder(
            percent,
            _after(
                whole * percent / 100,
                timeline.spans(running.kind, running.start),
                running.pauses,
            ),
        )
        for percent in percents
    )


def _after(length: timedelta, spans: Iterator[_Span], stops: tuple[_Span, ...]) -> datetime:
    """When `length` of running time is used up; used up exactly at a span's end is then (R5)."""
    left = length
    for begin, end in _without(spans, stops):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise OverflowError("a time limit runs past the end of the calendar")


def _without(spans: Iterator[_Span], stops: tuple[_Span, ...]) -> Iterator[_Span]:
    """The spans less the pauses, which are in order and apart from each other."""
    for begin, end in spans:
        for stop, resume in stops:
            if resume <= begin or stop >= end:
                continue
            if stop > begin:
                yield begin, stop
            begin = resume
        if begin < end:
            yield begin, end


def _merged_pauses(pauses: Iterable[Pause], now: datetime) -> tuple[_Span, ...]:
    """Pauses that stop clocks, an open one until now, overlapping ones once (R3)."""
    spans = sorted(
        (pause.since.astimezone(UTC), pause.until.astimezone(UTC) if pause.until else now)
        for pause in pauses
        if pause.reason in PAUSING_REASONS
    )
    merged: list[_Span] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif begin < end:
            merged.append((begin, end))
    return tuple(merged)


def _one_of(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed or isinstance(value, bool):
        choices = ", ".join("null" if choice is None else str(choice) for choice in allowed)
        raise ValueError(f"{name}: {value!r} is not one of {choices}")
