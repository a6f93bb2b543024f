"""Which days are working days (工作日) and when a store is open, as pure values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60
_SATURDAY = 5


class StoreNeverOpensError(ValueError):
    """The opening hours hold no hour at all, so no store-open limit can ever run out (R5)."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The published PRC calendar: holidays and make-up working weekends (调休), decision D2.

    `first` and `last` bound what is published; outside them only weekends are free (R5).
    """

    first: date
    last: date
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]

    def covers(self, day: date) -> bool:
        """Whether the calendar was published for this day."""
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool:
        """Whether `day` counts as a 工作日."""
        if day in self.makeup_workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """One opening of a day in minutes after its midnight; `closes` may pass 1440 (next day)."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class StoreHours:
    """Opening hours by weekday, Monday first; a day without spans is shut (R5)."""

    days: tuple[tuple[OpenSpan, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != len(WEEKDAYS):
            raise ValueError("opening hours need one entry for each of the seven weekdays")
        if not any(self.days):
            raise StoreNeverOpensError(
                "the store never opens: give opening hours for at least one weekday"
            )

    @classmethod
    def parse(cls, hours: Mapping[str, object]) -> StoreHours:
        """Read `{"mon": ["09:00", "21:00"], …}`; absent days are shut, 18:00–02:00 passes midnight.

        Several openings of a day are given as a list of pairs. Raises ValueError naming the day.
        """
        try:
            return _parsed(tuple(hours.items()))
        except TypeError:  # given as lists, which no cache can hold
            return _parse(hours)

    def spans_from(self, start: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """Endless openings in UTC from `start` on, in order, never overlapping.

        The opening of the evening before is looked at too: it may pass midnight. UTC, because
        Python compares two times of one zone by their clock faces, wrong where clocks change.
        """
        day = start.astimezone(zone).date() - timedelta(days=1)
        last_end = start.astimezone(UTC)
        while True:
            for span in self.days[day.weekday()]:
                begin = max(_instant(day, span.opens, zone), last_end)
                end = _instant(day, span.closes, zone)
                if end > begin:
                    last_end = end
                    yield begin, end
            day += timedelta(days=1)


def _parse(hours: Mapping[str, object]) -> StoreHours:
    unknown = sorted(set(hours) - set(WEEKDAYS))
    if unknown:
        raise ValueError(f"hours: {unknown[0]!r} is no weekday; use {', '.join(WEEKDAYS)}")
    return StoreHours(tuple(_day_spans(day, hours.get(day)) for day in WEEKDAYS))


@lru_cache(maxsize=64)
def _parsed(hours: tuple[tuple[str, object], ...]) -> StoreHours:
    return _parse(dict(hours))


# The same few days are asked for by every clock of every complaint.
@lru_cache(maxsize=8192)
def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 of `day` in `zone`, given in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@lru_cache(maxsize=16384)
def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, _DAY_MINUTES)
    local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return local.astimezone(UTC)


def _day_spans(day: str, value: object) -> tuple[OpenSpan, ...]:
    if value is None or value == []:
        return ()
    if not isinstance(value, list | tuple):
        raise ValueError(f'hours.{day}: write ["09:00", "21:00"]')
    pairs = value if isinstance(value[0], list | tuple) else [value]
    return tuple(sorted((_span(day, pair) for pair in pairs), key=lambda span: span.opens))


def _span(day: str, pair: object) -> OpenSpan:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise ValueError(f'hours.{day}: write ["09:00", "21:00"]')
    opens, closes = (_minutes(day, text) for text in pair)
    if opens in (closes, _DAY_MINUTES):
        raise ValueError(f"hours.{day}: opens and closes at {pair[1]}; all day is 00:00 to 24:00")
    return OpenSpan(opens, closes if closes > opens else closes + _DAY_MINUTES)


def _minutes(day: str, text: object) -> int:
    hours, colon, minutes = text.partition(":") if isinstance(text, str) else ("", "", "")
    digits = (hours + minutes).isascii() and hours.isdigit() and minutes.isdigit()
    if not colon or not digits or len(minutes) != 2:
        raise ValueError(f"hours.{day}: {text!r} is no time of day like 09:00")
    value = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or value > _DAY_MINUTES:
        raise ValueError(f"hours.{day}: {text!r} is no time of day like 09:00")
    return value
