"""Hand a complaint over (转派, AS-03, AS-10); the owner stays until another accepts (AS-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.operations.decide_approval import COVERS
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Handover
from desktop.domain.ticket import Anomaly, TicketState

KIND = "ticket.transferred"
KIND_ACCEPTED = "transfer.accepted"
#: The cause of a handover that no person chose: the special team takes a reopened complaint.
REOPENED: Final = "reopened"


@dataclass(frozen=True, slots=True)
class TransferTicket(base.Command):
    """To which person, why, and what the next one must know; `to` is a person's id."""

    to: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class AcceptTransfer(base.Command):
    """The one asked takes the complaint over."""


def decide(state: TicketState, command: TransferTicket, context: Context) -> Decision:
    """Refuse without reason, without handover note, to the owner, and by a clerk not the owner."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if not command.to.strip() or command.to == state.text("owner"):
        return Refusal("transfer_to_owner")
    if not command.reason.strip():
        return Refusal("transfer_needs_reason")
    if not command.note.strip():
        return Refusal("transfer_needs_note")
    if context.actor.role == "clerk" and context.actor.person != state.text("owner"):
        return Refusal("transfer_not_owner")
    waiting = state.handover
    if waiting and waiting.reason == REOPENED and command.to == waiting.sender:
        return Refusal("transfer_to_former_owner")
    data: dict[str, JsonValue] = {
        "to": command.to.strip(),
        "from": state.text("owner"),
        "over": context.policy.thresholds.transfers_over,
    }
    personal = {"reason": command.reason.strip(), "note": command.note.strip()}
    return Accepted((Draft(KIND, data, personal),))


def decide_accept(state: TicketState, command: AcceptTransfer, context: Context) -> Decision:
    """Only the person named accepts; where a role is named, anybody of it but the former owner."""
    del command
    waiting = state.handover
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if waiting is None:
        return Refusal("no_transfer_waits")
    actor = context.actor
    if waiting.role and actor.person == waiting.sender:
        return Refusal("transfer_to_former_owner")
    if waiting.to and actor.person != waiting.to:
        return Refusal("transfer_not_yours")
    if not waiting.to and actor.role not in COVERS.get(waiting.role, frozenset()):
        return Refusal("transfer_role", {"role": waiting.role})
    return Accepted((Draft(KIND_ACCEPTED),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Ask the next owner; too many transfers are an exception (AS-04: the 4th)."""
    waiting = state.handover
    after_reopening = waiting is not None and bool(waiting.role)
    asked = Handover(
        mark=base.mark(event),
        sender=waiting.sender if waiting and after_reopening else state.text("owner"),
        to=base.read_str(event.data, "to"),
        role=waiting.role if waiting and after_reopening else "",
        reason=REOPENED if after_reopening else event.text("reason"),
        note=event.personal.get("note", ""),
    )
    changed = evolve(state, handovers=(*state.handovers, asked))
    over = base.read_int(event.data, "over")
    count = transfers(changed)
    if over is None or count <= over:
        return changed
    anomaly = Anomaly("transferred_often", event.id, {"count": str(count)})
    return evolve(changed, anomalies=(*changed.anomalies, anomaly))


def transfers(state: TicketState) -> int:
    """Return how often persons handed the complaint over (AS-04)."""
    return sum(bool(handover.to) for handover in state.handovers)


def apply_accept(state: TicketState, event: Event) -> TicketState:
    """The one who accepts owns the complaint from now on."""
    waiting = state.handover
    if waiting is None:
        return state
    accepted = replace(waiting, accepted=base.mark(event))
    changed = evolve(state, handovers=(*state.handovers[:-1], accepted))
    return base.with_fields(changed, event, {"owner": event.actor})
