"""The customer signs the settlement (和解协议, CO-10)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "settlement.signed"


@dataclass(frozen=True, slots=True)
class SignSettlement(base.Command):
    """How it was signed: "paper" (signed print kept) or "declined" (the customer did not sign)."""

    how: str


def decide(state: TicketState, command: SignSettlement, context: Context) -> Decision:
    """Refuse a signature before there is a solution."""
    del context
    if command.how not in ("paper", "declined"):
        raise ValueError(f"unknown way of signing: {command.how}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not state.solved:
        return Refusal("no_solution_yet")
    return Accepted((Draft(KIND, {"how": command.how}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Note the signature, or that the customer declined to sign."""
    how = base.read_str(event.data, "how")
    signed = base.mark(event) if how == "paper" else state.signed
    return base.with_fields(evolve(state, signed=signed), event, {"signed_how": how})
