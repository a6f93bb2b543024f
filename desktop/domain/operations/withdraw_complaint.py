"""The customer withdraws the complaint (撤诉), or wishes to stay unnamed (匿名): no calls (R14)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "complaint.withdrawn"
KIND_ANONYMOUS = "ticket.marked_anonymous"


@dataclass(frozen=True, slots=True)
class WithdrawComplaint(base.Command):
    """How and why the customer withdrew."""

    reason: str


@dataclass(frozen=True, slots=True)
class MarkAnonymous(base.Command):
    """The customer gives no number to be reached at, and why that is so."""

    reason: str


def decide(state: TicketState, command: WithdrawComplaint, context: Context) -> Decision:
    """Refuse without the customer's reason, and at level 1: a danger stays one (CL-01)."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.reason.strip():
        return Refusal("withdrawal_needs_reason")
    if state.level == 1:
        return Refusal("level_one_not_withdrawn")
    if state.withdrawn:
        return Accepted(())
    return Accepted((Draft(KIND, {}, {"reason": command.reason.strip()}),))


def decide_anonymous(state: TicketState, command: MarkAnonymous, context: Context) -> Decision:
    """Refuse while a number is known: whoever can be called is called."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if state.text("phone"):
        return Refusal("anonymous_with_phone")
    if not command.reason.strip():
        return Refusal("anonymous_needs_reason")
    if state.value("anonymous") is True:
        return Accepted(())
    return Accepted((Draft(KIND_ANONYMOUS, {}, {"reason": command.reason.strip()}),))


def is_anonymous(state: TicketState) -> bool:
    """Tell whether nobody can be called: no number, and no name or so marked."""
    named = bool(state.text("customer_name")) and state.value("anonymous") is not True
    return not state.text("phone") and not named


def apply(state: TicketState, event: Event) -> TicketState:
    """Note the withdrawal."""
    return evolve(state, withdrawn=state.withdrawn or base.mark(event))


def apply_anonymous(state: TicketState, event: Event) -> TicketState:
    """Note that the customer stays unnamed."""
    return base.with_fields(state, event, {"anonymous": True})
