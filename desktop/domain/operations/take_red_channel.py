"""Take the red channel (红色通道, CL-01, FL-13): one act makes a complaint level 1, at once."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.events import Draft, Event
from desktop.domain.operations import base, escalate_ticket
from desktop.domain.operations.record_red_act import RED_LEVEL
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import TicketState

KIND = "red_channel.taken"


@dataclass(frozen=True, slots=True)
class TakeRedChannel(base.Command):
    """What was seen, in a word if there is time for it; the code follows later."""

    note: str = ""


def decide(state: TicketState, command: TakeRedChannel, context: Context) -> Decision:
    """Raise to level 1 and go straight to the top (SL-13); a second press changes nothing."""
    del context
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if state.value("level") == RED_LEVEL and "level" not in state.conflicts:
        return Accepted(())
    return Accepted(drafts(state, command.note))


def drafts(state: TicketState, note: str = "") -> tuple[Draft, ...]:
    """Return the changes that taking the channel makes."""
    raised = Draft(KIND, {}, base.personal(note=note))
    if escalate_ticket.is_escalated(state, "level_one"):
        return (raised,)
    return (raised, escalate_ticket.draft("level_one", escalate_ticket.LADDER[-1]))


def apply(state: TicketState, event: Event) -> TicketState:
    """Set the level; code and everything else stay as they are."""
    return base.with_fields(state, event, {"level": RED_LEVEL})
