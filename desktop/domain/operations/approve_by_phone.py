"""Approve a waiting compensation by a code from the phone (电话审批, CO-03, CO-04).

That the code opened the envelope's lock is proved before this; here the authority rules decide,
with the approver of the envelope, and the event says which envelope it was, never the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base, decide_approval
from desktop.domain.operations.decide_approval import DecideApproval
from desktop.domain.outcomes import Accepted, Actor, Context, Decision, Refusal, Role
from desktop.domain.ticket import OPEN_STATUSES, Anomaly, CompensationItem, Mark, TicketState

KIND = "approval.by_phone"
KIND_LOCKED = "approval.phone_locked"


@dataclass(frozen=True, slots=True)
class ApproveByPhone(base.Command):
    """The item and the envelope whose lock its code opened.

    `cap` in yuan is the envelope's; `facts` the SHA-256 in hex of what the code was bound to.
    """

    item: str
    envelope: int
    approver: str
    role: Role
    cap: Decimal
    facts: str


@dataclass(frozen=True, slots=True)
class NotePhoneLock(base.Command):
    """That an envelope died of wrong codes while `item` waited."""

    item: str
    envelope: int
    tries: int


def exposure(
    state: TicketState, item: CompensationItem, linked: Iterable[CompensationItem] = ()
) -> Decimal:
    """Return the sum in yuan that the envelope's cap binds: as authority counts it (D4, R7).

    `linked` are the compensations of complaints linked, merged or repeated with this one.
    """
    if item.ledger != "goodwill":
        return item.amount
    open_elsewhere = (known for known in linked if known.status in OPEN_STATUSES)
    before = (*open_elsewhere, *state.open_items_before(item.id))
    return sum((known.amount for known in before if known.ledger == "goodwill"), item.amount)


def decide(state: TicketState, command: ApproveByPhone, context: Context) -> Decision:
    """Answer as if the approver stood here: no self-approval, no payee, role over the sum (D5)."""
    item = state.compensation.get(command.item)
    if item is None:
        return Refusal("unknown_item", {"item": command.item})
    as_approver = replace(context, actor=Actor(command.approver, command.role))
    answer = decide_approval.decide(state, DecideApproval(item.id, True), as_approver)
    if isinstance(answer, Refusal):
        return answer
    amount = exposure(state, item, context.linked_items)
    if amount > command.cap:
        return Refusal("phone_over_cap", {"cap": f"{command.cap:.2f}", "amount": f"{amount:.2f}"})
    data: dict[str, JsonValue] = {
        **answer.drafts[0].data,
        "approver": command.approver,
        "envelope": command.envelope,
        "facts": command.facts,
    }
    return Accepted((Draft(KIND, data),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Approve the item in the approver's name; one that is answered already is an anomaly."""
    item = state.compensation.get(base.read_str(event.data, "item"))
    if item is None:
        return state
    if item.status != "pending":
        anomaly = Anomaly("double_decision", event.id, {"item": item.id})
        return evolve(state, anomalies=(*state.anomalies, anomaly))
    approved: CompensationItem = replace(
        item,
        status="approved",
        decided=Mark(event.id, event.at, base.read_str(event.data, "approver")),
        limit=base.read_amount(event.data, "limit"),
        phone_envelope=base.read_int(event.data, "envelope"),
    )
    return evolve(state, compensation={**state.compensation, item.id: approved})


def decide_lock(state: TicketState, command: NotePhoneLock, context: Context) -> Decision:
    """Write down that an envelope died of wrong codes."""
    del context
    if command.item not in state.compensation:
        return Refusal("unknown_item", {"item": command.item})
    data: dict[str, JsonValue] = {
        "item": command.item,
        "envelope": command.envelope,
        "tries": command.tries,
    }
    return Accepted((Draft(KIND_LOCKED, data),))


def apply_lock(state: TicketState, event: Event) -> TicketState:
    """Mark it on the ticket, so that HQ sees who guessed where."""
    values = {
        "envelope": str(base.read_int(event.data, "envelope") or ""),
        "tries": str(base.read_int(event.data, "tries") or ""),
    }
    anomaly = Anomaly("phone_locked", event.id, values)
    return evolve(state, anomalies=(*state.anomalies, anomaly))
