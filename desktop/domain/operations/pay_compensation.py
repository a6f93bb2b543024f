"""Hand out a granted or approved compensation (发放, CO-06)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.events import Draft, Event
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Anomaly, TicketState

KIND = "compensation.paid"


@dataclass(frozen=True, slots=True)
class PayCompensation(base.Command):
    """The item and the voucher serial or receipt of payment, where there is one."""

    item: str
    reference: str = ""


def decide(state: TicketState, command: PayCompensation, context: Context) -> Decision:
    """Refuse what is not granted, and paying twice."""
    del context
    item = state.compensation.get(command.item)
    if item is None:
        return Refusal("unknown_item", {"item": command.item})
    if item.paid:
        return Refusal("already_paid")
    if not item.allowed:
        return Refusal("not_granted", {"status": item.status})
    personal = {"reference": command.reference.strip()} if command.reference.strip() else {}
    return Accepted((Draft(KIND, {"item": item.id}, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Mark the item paid; paying twice on two PCs is an anomaly that HQ lists."""
    item = state.compensation.get(base.read_str(event.data, "item"))
    if item is None:
        return state
    if item.paid or not item.allowed:
        code = "paid_twice" if item.paid else "paid_without_grant"
        anomaly = Anomaly(code, event.id, {"item": item.id})
        return evolve(state, anomalies=(*state.anomalies, anomaly))
    paid = replace(item, paid=base.mark(event))
    return evolve(state, compensation={**state.compensation, item.id: paid})
