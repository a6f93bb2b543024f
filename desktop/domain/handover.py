"""The handover of a shift (交接班): what is open, promised and due, and that both signed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.papers import Lang, StoreIdentity

KIND_GIVEN: Final = "handover.given"
KIND_TAKEN: Final = "handover.taken"
#: Streams of handovers begin with H.
STREAM_PREFIX: Final = "H"
#: So late after its beginning a shift still counts as the one that begins.
GRACE: Final = timedelta(hours=1)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FURTHEST: Final = 8

Reason = Literal["waiting", "overdue", "due", "promised", "approval"]
REASONS: Final[tuple[Reason, ...]] = ("waiting", "overdue", "due", "promised", "approval")


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift (班次): when it begins and ends, aware UTC."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One complaint that the next shift must know of.

    Customer, subject and promise are read from the complaint when shown, so that what is erased
    there is gone here; `said` is who told whom what (说给谁).
    """

    ticket: str
    number: str
    reasons: tuple[Reason, ...]
    due_at: datetime | None
    rule: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """What one shift hands to the next: counts of everything, lines of what cannot wait."""

    giver: str
    made_at: datetime
    shift: Shift
    open: int
    waiting: int
    unsent: int
    lines: tuple[HandoverLine, ...]
    notes: str = ""
    taker: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverPaper:
    """What prints of a handover; `about` maps complaints to who and what as known now."""

    id: str
    sheet: HandoverSheet
    about: Mapping[str, tuple[str, str]]
    rules: Mapping[str, str]
    people: Mapping[str, str]
    identity: StoreIdentity
    head: tuple[str, int, bytes] | None
    printed_at: datetime
    lang: Lang


def shift_starts(written: str) -> tuple[time, ...]:
    """Read "09:00, 15:00" into times in order; raises ValueError for anything else."""
    parts = [part.strip() for part in written.replace("，", ",").split(",") if part.strip()]
    times = sorted({time.fromisoformat(part) for part in parts})
    if any(at.tzinfo or at.second for at in times):
        raise ValueError("a shift begins at hour and minute")
    return tuple(times)


def incoming_shift(now: datetime, identity: StoreIdentity, starts: Sequence[time] = ()) -> Shift:
    """Return the shift that takes over at `now`: the next to begin, or one that just has.

    Without `starts` a day has two shifts of equal length between opening and closing.
    """
    zone = ZoneInfo(identity.timezone)
    today = now.astimezone(zone).date()
    for ahead in range(_FURTHEST):
        for shift in _shifts_of(today + timedelta(days=ahead), identity, starts, zone):
            if shift.begins >= now - GRACE:
                return shift
    return Shift(now, now + timedelta(days=1))


def _shifts_of(
    day: date, identity: StoreIdentity, starts: Sequence[time], zone: ZoneInfo
) -> tuple[Shift, ...]:
    hours = identity.hours.get(_DAYS[day.weekday()])
    if hours is None:
        return ()
    opens, closes = (datetime.combine(day, time.fromisoformat(h), zone) for h in hours)
    if starts:
        begins = [datetime.combine(day, start, zone) for start in starts]
    else:
        begins = [opens, opens + (closes - opens) / 2]
    begins = [at for at in begins if at < closes]
    return tuple(
        Shift(_utc(at), _utc(end)) for at, end in zip(begins, (*begins[1:], closes), strict=False)
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def given(sheet: HandoverSheet) -> Draft:
    """Return the giver's event: what was handed over; free text is personal."""
    lines: list[JsonValue] = [
        {
            "ticket": line.ticket,
            "number": line.number,
            "reasons": list(line.reasons),
            "due": line.due_at.isoformat() if line.due_at else None,
            "rule": line.rule,
        }
        for line in sheet.lines
    ]
    data: dict[str, JsonValue] = {
        "made": sheet.made_at.isoformat(),
        "begins": sheet.shift.begins.isoformat(),
        "ends": sheet.shift.ends.isoformat(),
        "open": sheet.open,
        "waiting": sheet.waiting,
        "unsent": sheet.unsent,
        "taker": sheet.taker,
        "lines": lines,
    }
    said = {f"said.{line.ticket}": line.said for line in sheet.lines if line.said}
    notes = {"notes": sheet.notes} if sheet.notes else {}
    return Draft(KIND_GIVEN, data, {**said, **notes})


def taken() -> Draft:
    """Return the taker's event: signed for what the giver handed over."""
    return Draft(KIND_TAKEN)


def read(events: Iterable[Event]) -> HandoverSheet | None:
    """Return the handover that a stream's events tell; None while the giver's is missing."""
    known = sorted(events, key=lambda event: event.order)
    first = next((event for event in known if event.kind == KIND_GIVEN), None)
    if first is None:
        return None
    second = next((event for event in known if event.kind == KIND_TAKEN), None)
    data = first.data
    return HandoverSheet(
        giver=first.actor,
        made_at=_time(data.get("made")) or first.at,
        shift=Shift(_time(data.get("begins")) or first.at, _time(data.get("ends")) or first.at),
        open=_count(data.get("open")),
        waiting=_count(data.get("waiting")),
        unsent=_count(data.get("unsent")),
        lines=tuple(_lines(first)),
        notes=first.text("notes"),
        taker=second.actor if second else "",
        signed_at=second.at if second else None,
    )


def _lines(event: Event) -> Iterable[HandoverLine]:
    lines = event.data.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if not isinstance(line, dict):
            continue
        reasons = line.get("reasons")
        named = reasons if isinstance(reasons, list) else []
        ticket = str(line.get("ticket", ""))
        yield HandoverLine(
            ticket=ticket,
            number=str(line.get("number", "")),
            reasons=tuple(reason for reason in REASONS if reason in named),
            due_at=_time(line.get("due")),
            rule=str(line.get("rule", "")),
            said=event.text(f"said.{ticket}"),
        )


def _time(written: JsonValue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _count(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
