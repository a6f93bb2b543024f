"""Complete or correct facts of a complaint; the customer's own words are never replaced (IN-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.operations import base
from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "ticket.corrected"


@dataclass(frozen=True, slots=True)
class CorrectTicket:
    """New values by field name; setting a field in conflict settles it (both sides were seen)."""

    fields: Mapping[str, str | int | bool]


def decide(state: TicketState, command: CorrectTicket, context: Context) -> Decision:
    """Refuse to replace the customer's words; drop what is already so."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    unknown = command.fields.keys() - PLAIN_FIELDS - PERSONAL_FIELDS
    if unknown:
        raise ValueError(f"unknown ticket fields: {sorted(unknown)}")
    changed = {
        name: value
        for name, value in command.fields.items()
        if state.value(name) != value or name in state.conflicts
    }
    if "verbatim" in changed and "verbatim" not in state.conflicts:
        return Refusal("verbatim_is_kept")
    emotion = changed.get("emotion")
    if emotion is not None and emotion not in range(1, 6):
        return Refusal("emotion_out_of_range", {"value": emotion})
    if not changed:
        return Accepted(())
    plain = {name: value for name, value in changed.items() if name in PLAIN_FIELDS}
    personal = {name: str(value) for name, value in changed.items() if name in PERSONAL_FIELDS}
    return Accepted((Draft(KIND, {"fields": dict(plain)}, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set the fields."""
    return base.with_fields(state, event, {**base.read_map(event.data, "fields"), **event.personal})
