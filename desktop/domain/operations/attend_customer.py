"""The customer who waited at the counter is served, or left (到店等待, SL-10)."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "customer.attended"
OUTCOMES = ("served", "left")


@dataclass(frozen=True, slots=True)
class AttendCustomer(base.Command):
    """One of OUTCOMES."""

    outcome: str


def decide(state: TicketState, command: AttendCustomer, context: Context) -> Decision:
    """Refuse where nobody waits."""
    del context
    if command.outcome not in OUTCOMES:
        raise ValueError(f"unknown end of a wait: {command.outcome}")
    if state.arrived_at is None or state.served_at or state.left_at:
        return Refusal("nobody_waits")
    return Accepted((Draft(KIND, {"outcome": command.outcome}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """End the wait; the first end counts."""
    if state.served_at or state.left_at:
        return state
    match base.read_str(event.data, "outcome"):
        case "served":
            return evolve(state, served_at=event.at)
        case "left":
            return evolve(state, left_at=event.at)
        case _:
            return state
