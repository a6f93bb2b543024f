"""Record the four acts of the red channel (红色通道, CL-01, FL-13, FL-14) and who was reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import RedAct
from desktop.domain.ticket import TicketState

KIND = "red_channel.acted"
#: In this order at the counter; a later one may be recorded before an earlier one.
ACTS: Final = ("make_safe", "call", "preserve_evidence", "notify")
RED_LEVEL: Final = 1


@dataclass(frozen=True, slots=True)
class RecordRedAct(base.Command):
    """One of ACTS; `contact` says who was called or told, `reached` whether they answered."""

    act: str
    contact: str = ""
    reached: bool = True
    note: str = ""


def decide(state: TicketState, command: RecordRedAct, context: Context) -> Decision:
    """Refuse below level 1, and a call or notice that names nobody."""
    del context
    if command.act not in ACTS:
        raise ValueError(f"unknown act of the red channel: {command.act}")
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if state.level != RED_LEVEL:
        return Refusal("red_channel_level")
    if command.act in ("call", "notify") and not command.contact.strip():
        return Refusal("red_contact_missing")
    data: dict[str, JsonValue] = {"act": command.act, "reached": command.reached}
    personal = base.personal(contact=command.contact, note=command.note)
    return Accepted((Draft(KIND, data, personal),))


def team_formed_at(state: TicketState) -> datetime | None:
    """Return when the first person was reached: the special team stands by that call (CL-01)."""
    called = (a.mark.at for a in state.red_acts if a.act in ("call", "notify") and a.reached)
    return min(called, default=None)


def missing_acts(state: TicketState) -> tuple[str, ...]:
    """Return the acts of a level 1 complaint that are not recorded, in order."""
    done = {a.act for a in state.red_acts if a.reached}
    return tuple(act for act in ACTS if act not in done) if state.level == RED_LEVEL else ()


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the act."""
    act = RedAct(
        base.read_str(event.data, "act"),
        base.mark(event),
        event.text("contact"),
        event.data.get("reached") is True,
        event.personal.get("note", ""),
    )
    return evolve(state, red_acts=(*state.red_acts, act))
