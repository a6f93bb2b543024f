"""The named clocks of one ticket: what the policy sets, and which of them are done (D1, D2)."""

from __future__ import annotations

from datetime import datetime

from desktop.domain import clocks, typed_deadlines
from desktop.domain.operations import record_red_act
from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState
from desktop.domain.typed_deadlines import Deadline

__all__ = ["Deadline", "of_ticket"]


def clock_class(state: TicketState, context: Context) -> str | None:
    """Return the severity class of the ticket's code (技术故障, 服务态度, 合同争议; CL-11)."""
    code = context.policy.codes.get(state.text("code"))
    return code.class_ if code else None


def is_complex(state: TicketState) -> bool:
    """Tell whether it is complex: money, another department, or a person set it so (R12)."""
    wanted = bool(state.compensation or state.help_requests)
    return wanted or state.text("complexity") == "complex"


def unreported(state: TicketState) -> list[datetime]:
    """Return when grants were made that no written report has followed yet (CO-02)."""
    last = max((report.at for report in state.written_reports), default=None)
    granted = (i.proposed.at for i in state.compensation.values() if i.status == "granted")
    return [at for at in granted if last is None or at > last]


def clock_facts(state: TicketState, context: Context) -> clocks.ClockFacts:
    """Return what the clock rules need to know of the ticket; it must be open."""
    if state.opened is None:
        raise ValueError(f"ticket {state.id} is not open: it has no clocks")
    approved = [i.decided.at for i in state.compensation.values() if i.allowed and i.decided]
    granted = [i.proposed.at for i in state.compensation.values() if i.status == "granted"]
    began = state.round_opened or state.opened
    anchors = {
        "approved_at": min((*approved, *granted), default=None),
        "compensated_at": min(unreported(state) or granted, default=None),
        "solved_at": answered_at(state),
        "arrived_at": state.arrived_at,
        "help_requested_at": _help_requested_at(state),
    }
    return clocks.ClockFacts(
        opened_at=began.at,
        level=state.level,
        tier="vip" if state.text("tier") == "vip" else "ordinary",
        class_=clock_class(state, context),
        complexity="complex" if is_complex(state) else "ordinary",
        hours=context.hours,
        pauses=tuple(clocks.Pause(p.since, p.until, p.reason) for p in state.pauses),
        anchors={name: at for name, at in anchors.items() if at is not None},
        timezone=context.timezone,
    )


def of_ticket(
    state: TicketState, context: Context, *, reminders: bool = True
) -> tuple[Deadline, ...]:
    """Return every named clock of an open or closed ticket, the tightest running one first.

    Whoever does not look at the clocks' reminders is quicker without.
    """
    if state.opened is None:
        return ()
    known = clock_facts(state, context)
    computed = clocks.compute_clocks(known, context.policy, context.now, reminders=reminders)
    found = [_deadline(state, clock, context) for clock in computed]
    found += typed_deadlines.of_ticket(state, context)
    return tuple(sorted(found, key=lambda d: (d.done_at is not None, d.clock.due)))


def is_overdue(state: TicketState, context: Context, name: str) -> bool:
    """Tell whether one named clock of the pack ran out before it was met, or by now."""
    if state.opened is None:
        return False
    known, now = clock_facts(state, context), context.now
    computed = clocks.compute_clocks(known, context.policy, now, only=name, reminders=False)
    return any(_deadline(state, clock, context).overdue for clock in computed)


def _deadline(state: TicketState, clock: clocks.Clock, context: Context) -> Deadline:
    done = done_at(state, clock.name, context.policy.thresholds.unreachable_tries)
    if done is None and state.closed:
        done = state.closed.at
    return Deadline(clock, done, (done or context.now) > clock.due)


def done_at(state: TicketState, name: str, unreachable_tries: int) -> datetime | None:
    """Return when what the clock waits for happened, or None while it has not."""
    solved = answered_at(state)
    match name:
        case "acknowledge":
            return state.round_opened.at if state.round_opened else None
        case "first_response":
            return _first_contact(state, None) or solved
        case "interim_feedback" | "progress_report":
            return _first_contact(state, name) or solved
        case "payout":
            return _last_payment(state)
        case "written_report":
            reported = state.written_reports and not unreported(state)
            return state.written_reports[0].at if reported else None
        case "survey":
            return survey_done_at(state, unreachable_tries)
        case "waiting_customer":
            return state.served_at or state.left_at
        case "special_team":
            return record_red_act.team_formed_at(state) or solved
        case "diagnosis":
            return _diagnosed_at(state)
        case _:
            return solved


def answered_at(state: TicketState) -> datetime | None:
    """Return when the customer got a solution or a reasoned no (R14: both stop the clock)."""
    rejected = state.rejection.mark.at if state.rejection else None
    return state.solved.at if state.solved else rejected


def _help_requested_at(state: TicketState) -> datetime | None:
    """Return the earliest request that waits for its diagnosis, else for its solution (FL-09)."""
    asked = state.help_requests.values()
    undiagnosed = [a.mark.at for a in asked if a.open and a.diagnosed is None]
    unsolved = [a.mark.at for a in asked if a.open]
    return min(undiagnosed or unsolved, default=max((a.mark.at for a in asked), default=None))


def _diagnosed_at(state: TicketState) -> datetime | None:
    diagnosed = [a.diagnosed for a in state.help_requests.values()]
    return max((d.at for d in diagnosed if d), default=None) if all(diagnosed) else None


def _first_contact(state: TicketState, purpose: str | None) -> datetime | None:
    reached = (
        c.mark.at for c in state.round_contacts if c.reached and purpose in (None, c.purpose)
    )
    return min(reached, default=None)


def _last_payment(state: TicketState) -> datetime | None:
    allowed = [i for i in state.compensation.values() if i.allowed]
    if not allowed or any(i.paid is None for i in allowed):
        return None
    return max(i.paid.at for i in allowed if i.paid)


def survey_done_at(state: TicketState, unreachable_tries: int) -> datetime | None:
    """Return when the survey was answered or refused, or the last try found nobody (FL-04)."""
    surveys = state.round_surveys
    unreachable = [s.mark.at for s in surveys if s.outcome == "unreachable"]
    answered = [s.mark.at for s in surveys if s.outcome != "unreachable"]
    if answered:
        return min(answered)
    return unreachable[unreachable_tries - 1] if len(unreachable) >= unreachable_tries else None
