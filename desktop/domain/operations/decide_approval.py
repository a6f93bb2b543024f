"""Approve or refuse a waiting compensation (审批, CO-03, CO-04)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import Anomaly, CompensationItem, TicketState

KIND = "approval.decided"
#: Who may stand in for whom: a higher money authority covers a lower one (decision R8).
COVERS: Final[dict[str, frozenset[str]]] = {
    "supervisor": frozenset({"supervisor", "regional_manager", "department_head"}),
    "department_head": frozenset({"department_head"}),
    "legal": frozenset({"legal"}),
}


@dataclass(frozen=True, slots=True)
class DecideApproval:
    """The item, the answer and its reason; a refusal needs one."""

    item: str
    approved: bool
    reason: str = ""


def decide(state: TicketState, command: DecideApproval, context: Context) -> Decision:
    """Refuse self-approval, the payee as approver, too low a role, and a second answer (D5)."""
    item = state.compensation.get(command.item)
    if item is None:
        return Refusal("unknown_item", {"item": command.item})
    if item.status != "pending":
        return Refusal("already_decided", {"status": item.status})
    if context.actor.person == item.proposed.actor:
        return Refusal("self_approval")
    if context.actor.person == item.payee:
        return Refusal("payee_approves")
    if item.approver is None or context.actor.role not in COVERS.get(item.approver, frozenset()):
        return Refusal("approver_role", {"role": item.approver or ""})
    if not command.approved and not command.reason.strip():
        return Refusal("refusal_needs_reason")
    data: dict[str, JsonValue] = {
        "item": item.id,
        "approved": command.approved,
        "role": context.actor.role,
    }
    personal = {"reason": command.reason.strip()} if command.reason.strip() else {}
    return Accepted((Draft(KIND, data, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Answer the item; a second answer that did not know the first is an anomaly, not a change."""
    item = state.compensation.get(base.read_str(event.data, "item"))
    if item is None:
        return state
    if item.status != "pending":
        anomaly = Anomaly("double_decision", event.id, {"item": item.id})
        return replace(state, anomalies=(*state.anomalies, anomaly))
    answered: CompensationItem = replace(
        item,
        status="approved" if event.data.get("approved") is True else "refused",
        decided=base.mark(event),
        decision_reason=event.personal.get("reason", ""),
    )
    return replace(state, compensation={**state.compensation, item.id: answered})
