"""Approve or refuse a waiting compensation (审批, CO-03, CO-04)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from desktop.domain import authority
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.operations.propose_compensation import as_proposals
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.policy import ROLES
from desktop.domain.ticket import OPEN_STATUSES, Anomaly, CompensationItem, TicketState

KIND = "approval.decided"
#: Who may stand in for whom: a higher money authority covers a lower one (decision R8).
COVERS: Final[dict[str, frozenset[str]]] = {
    "supervisor": frozenset({"supervisor", "regional_manager", "department_head"}),
    "regional_manager": frozenset({"regional_manager", "department_head"}),
    "department_head": frozenset({"department_head"}),
    "legal": frozenset({"legal"}),
}


@dataclass(frozen=True, slots=True)
class DecideApproval(base.Command):
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
    approver = needed_approver(state, item, context)
    if context.actor.role not in COVERS.get(approver, frozenset()):
        return Refusal("approver_role", {"role": approver})
    if not command.approved and not command.reason.strip():
        return Refusal("refusal_needs_reason")
    data: dict[str, JsonValue] = {
        "item": item.id,
        "approved": command.approved,
        "role": context.actor.role,
    }
    if command.approved:
        limit = _limit(item, approver, context)
        data["limit"] = None if limit is None else format(limit, ".2f")
    personal = {"reason": command.reason.strip()} if command.reason.strip() else {}
    return Accepted((Draft(KIND, data, personal),))


def needed_approver(state: TicketState, item: CompensationItem, context: Context) -> str:
    """Return the role that must answer: the one asked for, or a higher one that is needed by now.

    Items that other PCs proposed meanwhile raise the sum that `item` stands in (D4).
    """
    linked = (known for known in context.linked_items if known.status in OPEN_STATUSES)
    earlier = (*linked, *state.open_items_before(item.id))
    proposal = as_proposals((item,))[0]
    ruling = authority.decide(proposal, as_proposals(earlier), context.policy.authority)
    wanted = [role for role in (item.approver, ruling.approver) if role in ROLES]
    return max(wanted, key=ROLES.index, default="")


def _limit(item: CompensationItem, approver: str, context: Context) -> Decimal | None:
    """Return up to which sum the actor may decide such an item; None is without limit."""
    limits: dict[str, Decimal | None] = {
        row.role: row.up_to
        for row in context.policy.authority
        if row.ledger == item.ledger and row.instrument == item.instrument
    }
    return limits.get(context.actor.role, limits.get(approver))


def apply(state: TicketState, event: Event) -> TicketState:
    """Answer the item; a second answer that did not know the first is an anomaly, not a change."""
    item = state.compensation.get(base.read_str(event.data, "item"))
    if item is None:
        return state
    if item.status != "pending":
        anomaly = Anomaly("double_decision", event.id, {"item": item.id})
        return evolve(state, anomalies=(*state.anomalies, anomaly))
    approved = event.data.get("approved") is True
    answered: CompensationItem = replace(
        item,
        status="approved" if approved else "refused",
        decided=base.mark(event),
        limit=base.read_amount(event.data, "limit") if approved else None,
        decision_reason=event.personal.get("reason", ""),
    )
    return evolve(state, compensation={**state.compensation, item.id: answered})
