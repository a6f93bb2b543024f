"""Write the day's progress line (每日进展): mandatory for level 2 while it is open (CL-02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import DailyLine
from desktop.domain.ticket import TicketState

KIND = "progress.noted"


@dataclass(frozen=True, slots=True)
class NoteProgress(base.Command):
    """What happened on `day` (today when None), in the store's zone."""

    text: str
    day: date | None = None


def decide(state: TicketState, command: NoteProgress, context: Context) -> Decision:
    """Refuse an empty line, a day to come, and a day before the complaint."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.text.strip():
        return Refusal("progress_empty")
    zone = ZoneInfo(context.timezone)
    today = context.now.astimezone(zone).date()
    day = command.day or today
    opened = state.opened.at.astimezone(zone).date() if state.opened else today
    if not opened <= day <= today:
        return Refusal("progress_day", {"day": day.isoformat()})
    return Accepted((Draft(KIND, {"day": day.isoformat()}, {"text": command.text.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the line."""
    day = base.read_date(event.data, "day")
    if day is None:
        return state
    line = DailyLine(day, base.mark(event), event.personal.get("text", ""))
    return evolve(state, daily_lines=(*state.daily_lines, line))
