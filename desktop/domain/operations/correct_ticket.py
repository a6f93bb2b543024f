"""Complete or correct facts of a complaint; the customer's own words are never replaced (IN-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from desktop.domain import custom_fields
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.operations.open_ticket import PERSONAL_FIELDS, PLAIN_FIELDS
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "ticket.corrected"
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class CorrectTicket(base.Command):
    """New values by field name, the pack's own fields (CF-01) by their ids.

    Setting a field in conflict settles it (both sides were seen).
    """

    fields: Mapping[str, str | int | bool]


def decide(state: TicketState, command: CorrectTicket, context: Context) -> Decision:
    """Refuse to replace the customer's words; drop what is already so.

    Words that nobody has written yet (red channel) are written once.
    """
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    own = custom_fields.of_policy(context.policy)
    unknown = command.fields.keys() - PLAIN_FIELDS - PERSONAL_FIELDS - own.keys()
    if unknown:
        raise ValueError(f"unknown ticket fields: {sorted(unknown)}")
    entered = {name: value for name, value in command.fields.items() if name in own}
    kept = custom_fields.checked(entered, context.policy, missing=False)
    if isinstance(kept, Refusal):
        return kept
    built_in = {name: value for name, value in command.fields.items() if name not in own}
    changed = _changed(state, built_in)
    written = state.value("verbatim") is not None and "verbatim" not in state.conflicts
    if "verbatim" in changed and (written or not str(changed["verbatim"]).strip()):
        return Refusal("verbatim_is_kept")
    emotion = changed.get("emotion")
    if emotion is not None and emotion not in range(1, 6):
        return Refusal("emotion_out_of_range", {"value": emotion})
    plain = {name: value for name, value in changed.items() if name in PLAIN_FIELDS}
    personal = {name: str(value) for name, value in changed.items() if name in PERSONAL_FIELDS}
    own_plain, own_texts = _changed(state, kept[0]), _changed(state, kept[1])
    if not (changed or own_plain or own_texts):
        return Accepted(())
    data: dict[str, JsonValue] = {**plain, **own_plain}
    return Accepted((Draft(KIND, {"fields": data}, {**personal, **own_texts}),))


def _changed(state: TicketState, values: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return the values that differ from the ticket's, or settle a conflict."""
    return {
        name: value
        for name, value in values.items()
        if name in state.conflicts or _known(state, name, value) != value
    }


def _known(state: TicketState, name: str, value: object) -> object:
    """Return what the ticket holds; nothing entered is what an empty text says of a new field."""
    known = state.value(name)
    return "" if known is None and value == "" and name.startswith(custom_fields.PREFIX) else known


def apply(state: TicketState, event: Event) -> TicketState:
    """Set the fields."""
    return base.with_fields(state, event, {**base.read_map(event.data, "fields"), **event.personal})
