"""Record a word with the customer: first response, interim feedback, progress report."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Contact, TicketState

KIND = "customer.contacted"
PURPOSES = ("first_response", "interim_feedback", "progress_report", "inquiry")


@dataclass(frozen=True, slots=True)
class ContactCustomer(base.Command):
    """`purpose` is one of PURPOSES (inquiry: the customer asked, NC-02)."""

    purpose: str
    channel: str
    reached: bool = True
    note: str = ""


def decide(state: TicketState, command: ContactCustomer, context: Context) -> Decision:
    """Refuse an unknown purpose."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if command.purpose not in PURPOSES:
        raise ValueError(f"unknown purpose of contact: {command.purpose}")
    data: dict[str, JsonValue] = {
        "purpose": command.purpose,
        "channel": command.channel,
        "reached": command.reached,
    }
    personal = {"note": command.note.strip()} if command.note.strip() else {}
    return Accepted((Draft(KIND, data, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the contact; the customer who waited at the counter is being served."""
    contact = Contact(
        base.mark(event),
        base.read_str(event.data, "purpose"),
        base.read_str(event.data, "channel"),
        event.data.get("reached") is True,
        event.personal.get("note", ""),
    )
    waits = state.arrived_at is not None and state.left_at is None
    served = state.served_at or (event.at if waits and contact.reached else None)
    return evolve(state, contacts=(*state.contacts, contact), served_at=served)
