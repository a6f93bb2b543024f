"""Bring a complaint one role up (上报; SL-07, FL-10): overdue, urgent, mass, or by a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Escalation
from desktop.domain.ticket import TicketState

KIND = "ticket.escalated"
KIND_TOLD = "escalation.told"
CAUSES: Final = ("overdue", "level_one", "mass", "manual")
#: Who answers for a complaint, from the counter up; legal stands beside them (D5).
LADDER: Final = ("clerk", "supervisor", "regional_manager", "department_head")


@dataclass(frozen=True, slots=True)
class EscalateTicket(base.Command):
    """Why (one of CAUSES), for which clock and its due time, and in words when a person did it."""

    cause: str
    clock: str = ""
    due: datetime | None = None
    to_role: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TellEscalation(base.Command):
    """Offline, somebody phones: who was told (已电话告知)."""

    who: str


def role_in_charge(state: TicketState) -> str:
    """Return the highest role that the complaint was brought to since it was last opened."""
    roles = [e.to_role for e in state.round_escalations if e.to_role in LADDER]
    return max((LADDER[0], *roles), key=LADDER.index)


def one_up(role: str) -> str:
    """Return the next role of the ladder; the highest stays."""
    return LADDER[min(LADDER.index(role) + 1, len(LADDER) - 1)]


def decide(state: TicketState, command: EscalateTicket, context: Context) -> Decision:
    """Escalate once for a clock; refuse a person's escalation without a reason."""
    del context
    if command.cause not in CAUSES:
        raise ValueError(f"unknown cause of an escalation: {command.cause}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if command.cause == "manual" and not command.reason.strip():
        return Refusal("escalation_needs_reason")
    to_role = command.to_role or one_up(role_in_charge(state))
    if to_role not in LADDER:
        raise ValueError(f"unknown role to escalate to: {to_role}")
    if command.cause != "manual" and is_escalated(state, command.cause, command.clock):
        return Accepted(())
    return Accepted((draft(command.cause, to_role, command.clock, command.due, command.reason),))


def draft(
    cause: str, to_role: str, clock: str = "", due: datetime | None = None, reason: str = ""
) -> Draft:
    """Return the escalation as a change."""
    data: dict[str, JsonValue] = {
        "cause": cause,
        "clock": clock,
        "due": due.isoformat() if due else None,
        "to": to_role,
    }
    return Draft(KIND, data, base.personal(reason=reason))


def is_escalated(state: TicketState, cause: str, clock: str = "") -> bool:
    """Tell whether it was escalated for this since it was last opened (reminders run again)."""
    return any(e.cause == cause and e.clock == clock for e in state.round_escalations)


def decide_told(state: TicketState, command: TellEscalation, context: Context) -> Decision:
    """Refuse where nothing was escalated, and without a name."""
    del context
    if not state.escalations:
        return Refusal("nothing_escalated")
    if not command.who.strip():
        return Refusal("escalation_who")
    return Accepted((Draft(KIND_TOLD, {}, {"who": command.who.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the escalation; two PCs that escalated for one clock make one."""
    cause, clock = base.read_str(event.data, "cause"), base.read_str(event.data, "clock")
    if cause != "manual" and is_escalated(state, cause, clock):
        return state
    due, to_role = base.read_time(event.data, "due"), base.read_str(event.data, "to")
    escalation = Escalation(base.mark(event), cause, clock, due, to_role)
    return evolve(state, escalations=(*state.escalations, escalation))


def apply_told(state: TicketState, event: Event) -> TicketState:
    """Note on the last escalation who was told."""
    if not state.escalations:
        return state
    told = replace(state.escalations[-1], told=event.personal.get("who", ""))
    return evolve(state, escalations=(*state.escalations[:-1], told))
