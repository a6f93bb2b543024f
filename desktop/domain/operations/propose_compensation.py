"""Propose a compensation (补偿): granted within authority, else it waits (CO-01 … CO-04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from desktop.domain import authority
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.ticket import CompensationItem, TicketState

KIND = "compensation.proposed"
Ruling: TypeAlias = authority.Decision


@dataclass(frozen=True, slots=True)
class ProposeCompensation:
    """`item` is a new id; `amount` in yuan; `payee` is a person's id or "customer"."""

    item: str
    instrument: str
    ledger: str
    amount: Decimal
    payee: str = "customer"
    reason: str = ""


def as_proposals(items: Iterable[CompensationItem]) -> tuple[authority.Proposal, ...]:
    """Return the items as the authority rule counts them."""
    return tuple(
        authority.Proposal(
            instrument=item.instrument,
            ledger=item.ledger,
            amount=item.amount,
            by=authority.Proposer(item.proposed.actor, item.role),
            payee=item.payee,
        )
        for item in items
    )


def rule(state: TicketState, command: ProposeCompensation, context: Context) -> Ruling | Refusal:
    """Return what the authority rule says: instrument × role × cumulative sum (D3–D6, R7, R8)."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    try:
        proposal = authority.Proposal(
            instrument=command.instrument,
            ledger=command.ledger,
            amount=command.amount,
            by=authority.Proposer(context.actor.person, context.actor.role),
            payee=command.payee,
        )
    except authority.AmountError:
        return Refusal("amount_invalid", {"amount": str(command.amount)})
    return authority.decide(proposal, as_proposals(state.open_items), context.policy.authority)


def decide(state: TicketState, command: ProposeCompensation, context: Context) -> Decision:
    """Grant within authority, wait for the approver above it, refuse what nobody may give."""
    if command.item in state.compensation:
        return Refusal("item_exists", {"item": command.item})
    ruling = rule(state, command, context)
    if isinstance(ruling, Refusal):
        return ruling
    if ruling.decision == "refused":
        return Refusal("compensation_refused", {"why": ruling.why})
    data: dict[str, JsonValue] = {
        "item": command.item,
        "role": context.actor.role,
        "instrument": command.instrument,
        "ledger": command.ledger,
        "amount": format(command.amount, ".2f"),
        "payee": command.payee,
        "decision": ruling.decision,
        "approver": ruling.approver,
        "cumulative": format(ruling.cumulative, ".2f"),
        "limit": None if ruling.limit is None else format(ruling.limit, ".2f"),
    }
    personal = {"reason": command.reason.strip()} if command.reason.strip() else {}
    return Accepted((Draft(KIND, data, personal),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the item, granted or waiting for its approver."""
    data = event.data
    amount = base.read_amount(data, "amount") or Decimal("0.00")
    granted = data.get("decision") == "granted"
    item = CompensationItem(
        id=base.read_str(data, "item"),
        proposed=base.mark(event),
        role=base.read_str(data, "role"),
        instrument=base.read_str(data, "instrument"),
        ledger=base.read_str(data, "ledger"),
        amount=amount,
        payee=base.read_str(data, "payee"),
        status="granted" if granted else "pending",
        approver=base.read_str(data, "approver") or None,
        cumulative=base.read_amount(data, "cumulative") or amount,
        limit=base.read_amount(data, "limit"),
        reason=event.personal.get("reason", ""),
    )
    return replace(state, compensation={**state.compensation, item.id: item})
