"""What must be said and done about running clocks since a moment (SL-05, SL-07, SL-08, AS-06)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desktop.domain import deadlines
from desktop.domain.operations.escalate_ticket import (
    EscalateTicket,
    is_escalated,
    one_up,
    role_in_charge,
)
from desktop.domain.outcomes import Context
from desktop.domain.ticket import Mark, TicketState


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """A clock crossed `percent` of its limit at `at` and still runs until `due`."""

    clock: str
    percent: int
    at: datetime
    due: datetime


def reminders_since(
    state: TicketState, context: Context, since: datetime
) -> tuple[ReminderDue, ...]:
    """Return, for each running clock, the highest mark crossed after `since` and until now.

    After sleep or a restart several marks may have passed: only the highest is worth saying.
    """
    if state.closed:
        return ()
    found = []
    for deadline in deadlines.of_ticket(state, context):
        if deadline.done_at is not None:
            continue
        crossed = [r for r in deadline.clock.reminders if since < r.at <= context.now]
        if crossed:
            last = max(crossed, key=lambda r: r.percent)
            clock = deadline.clock
            found.append(ReminderDue(clock.name, last.percent, last.at, clock.due))
    return tuple(found)


def overdue_escalations(state: TicketState, context: Context) -> tuple[EscalateTicket, ...]:
    """Return the escalations owed now: each overdue clock once, all one role up together.

    The same question again gives nothing once the events are there, so it may be asked often.
    """
    if state.closed:
        return ()
    to_role = one_up(role_in_charge(state))
    return tuple(
        EscalateTicket("overdue", d.clock.name, d.clock.due, to_role)
        for d in deadlines.of_ticket(state, context)
        if d.done_at is None and d.overdue and not is_escalated(state, "overdue", d.clock.name)
    )


def unhandled_since(state: TicketState, context: Context) -> datetime | None:
    """Return since when nothing was done on an open complaint for over 48 h (AS-06), or None."""
    last, limit = _last_work(state), _idle_from(state, context)
    return last if limit is not None and context.now > limit else None


def next_moment(state: TicketState, context: Context) -> datetime | None:
    """Return when the next mark, end of a clock or idle limit comes, None when none does.

    Before then nothing of this module answers otherwise, as long as the ticket stays as it is.
    """
    if state.closed:
        return None
    running = [d.clock for d in deadlines.of_ticket(state, context) if d.done_at is None]
    moments = [r.at for clock in running for r in clock.reminders if r.at > context.now]
    moments += [clock.due for clock in running if clock.due >= context.now]
    idle = _idle_from(state, context)
    moments += [idle] if idle and idle >= context.now else []
    return min(moments, default=None)


def _idle_from(state: TicketState, context: Context) -> datetime | None:
    """Return when the ticket has been left alone too long, done or to come (AS-06)."""
    last = _last_work(state)
    return None if last is None else last + context.policy.thresholds.unhandled_after


def _last_work(state: TicketState) -> datetime | None:
    began = state.round_opened
    if state.closed or began is None or state.level == 4:
        return None
    return max((*(mark.at for mark in _signs_of_work(state)), began.at))


def _signs_of_work(state: TicketState) -> Iterable[Mark]:
    yield from state.steps_done.values()
    yield from (c.mark for c in state.contacts)
    yield from (e.mark for e in state.evidence)
    yield from (c.mark for c in state.comments)
    yield from (i.proposed for i in state.compensation.values())
    yield from (a.mark for a in state.help_requests.values())
    yield from (line.mark for line in state.daily_lines)
    yield from (h.accepted for h in state.handovers if h.accepted)
    yield from (mark for mark in (state.opened, state.solved) if mark)
