"""The named clocks of one ticket: what the policy sets, and which of them are done (D1, D2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desktop.domain import clocks
from desktop.domain.outcomes import Context
from desktop.domain.ticket import TicketState


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of a ticket; `done_at` None is running, `overdue` compares with now or done."""

    clock: clocks.Clock
    done_at: datetime | None
    overdue: bool


def clock_class(state: TicketState, context: Context) -> str | None:
    """Return the severity class of the ticket's code (技术故障, 服务态度, 合同争议; CL-11)."""
    code = context.policy.codes.get(state.text("code"))
    return code.class_ if code else None


def is_complex(state: TicketState) -> bool:
    """Tell whether the complaint is complex: money is claimed or a person set it so (R12)."""
    return state.text("complexity") == "complex" or bool(state.compensation)


def clock_facts(state: TicketState, context: Context) -> clocks.ClockFacts:
    """Return what the clock rules need to know of the ticket; it must be open."""
    if state.opened is None:
        raise ValueError(f"ticket {state.id} is not open: it has no clocks")
    approved = [i.decided.at for i in state.compensation.values() if i.allowed and i.decided]
    granted = [i.proposed.at for i in state.compensation.values() if i.status == "granted"]
    anchors = {
        "approved_at": min((*approved, *granted), default=None),
        "compensated_at": min(granted, default=None),
        "solved_at": state.solved.at if state.solved else None,
        "arrived_at": state.arrived_at,
    }
    return clocks.ClockFacts(
        opened_at=state.opened.at,
        level=state.level,
        tier="vip" if state.text("tier") == "vip" else "ordinary",
        class_=clock_class(state, context),
        complexity="complex" if is_complex(state) else "ordinary",
        hours=context.hours,
        pauses=tuple(clocks.Pause(p.since, p.until, p.reason) for p in state.pauses),
        anchors={name: at for name, at in anchors.items() if at is not None},
        timezone=context.timezone,
    )


def of_ticket(state: TicketState, context: Context) -> tuple[Deadline, ...]:
    """Return every named clock of an open or closed ticket, the tightest running one first."""
    if state.opened is None:
        return ()
    found = [
        _deadline(state, clock, context)
        for clock in clocks.compute_clocks(clock_facts(state, context), context.policy, context.now)
    ]
    return tuple(sorted(found, key=lambda d: (d.done_at is not None, d.clock.due)))


def _deadline(state: TicketState, clock: clocks.Clock, context: Context) -> Deadline:
    done = done_at(state, clock.name, context.policy.thresholds.unreachable_tries)
    if done is None and state.closed:
        done = state.closed.at
    return Deadline(clock, done, (done or context.now) > clock.due)


def done_at(state: TicketState, name: str, unreachable_tries: int) -> datetime | None:
    """Return when what the clock waits for happened, or None while it has not."""
    solved = state.solved.at if state.solved else None
    match name:
        case "acknowledge":
            return state.opened.at if state.opened else None
        case "first_response":
            return _first_contact(state, None) or solved
        case "interim_feedback" | "progress_report":
            return _first_contact(state, name) or solved
        case "payout":
            return _last_payment(state)
        case "written_report":
            return state.written_reports[0].at if state.written_reports else None
        case "survey":
            return survey_done_at(state, unreachable_tries)
        case "waiting_customer":
            return state.served_at
        case _:
            return solved


def _first_contact(state: TicketState, purpose: str | None) -> datetime | None:
    reached = (c.mark.at for c in state.contacts if c.reached and purpose in (None, c.purpose))
    return min(reached, default=None)


def _last_payment(state: TicketState) -> datetime | None:
    allowed = [i for i in state.compensation.values() if i.allowed]
    if not allowed or any(i.paid is None for i in allowed):
        return None
    return max(i.paid.at for i in allowed if i.paid)


def survey_done_at(state: TicketState, unreachable_tries: int) -> datetime | None:
    """Return when the survey was answered or refused, or the last try found nobody (FL-04)."""
    unreachable = [s.mark.at for s in state.surveys if s.outcome == "unreachable"]
    answered = [s.mark.at for s in state.surveys if s.outcome != "unreachable"]
    if answered:
        return min(answered)
    return unreachable[unreachable_tries - 1] if len(unreachable) >= unreachable_tries else None
