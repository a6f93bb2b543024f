"""Propose a compensation (补偿): granted within authority, else it waits (CO-01 … CO-04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from desktop.domain import authority, restraints
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.policy import INSTRUMENTS, LEDGERS
from desktop.domain.restraints import CapScope
from desktop.domain.ticket import OPEN_STATUSES, Anomaly, CompensationItem, TicketState

KIND = "compensation.proposed"
Ruling: TypeAlias = authority.Decision


@dataclass(frozen=True, slots=True)
class ProposeCompensation(base.Command):
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


def counted_before(state: TicketState, context: Context) -> tuple[authority.Proposal, ...]:
    """Return what counts against authority beside a new item: here and on linked ones (D4)."""
    linked = (item for item in context.linked_items if item.status in OPEN_STATUSES)
    return (*as_proposals(linked), *as_proposals(state.open_items))


def rule(state: TicketState, command: ProposeCompensation, context: Context) -> Ruling | Refusal:
    """Return what the authority says: instrument × role × cumulative sum (D3–D6, R7, R8).

    Goodwill is bound by rolling caps and overdue written reports besides (D4, CO-02).
    """
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
    if command.amount >= base.AMOUNT_BELOW:
        return Refusal("amount_invalid", {"amount": str(command.amount)})
    before = counted_before(state, context)
    ruling = authority.decide(proposal, before, context.policy.authority)
    if command.ledger != "goodwill":
        return ruling
    mine = (i for i in state.open_items if i.proposed.actor == context.actor.person)
    here: dict[CapScope, Decimal] = {
        "customer": _goodwill_of(state.open_items) + command.amount,
        "staff": _goodwill_of(mine) + command.amount,
    }
    return restraints.restrained(
        ruling, context.caps, here, context.policy.suspension, context.overdue_reports
    )


def _goodwill_of(items: Iterable[CompensationItem]) -> Decimal:
    return sum((i.amount for i in items if i.ledger == "goodwill"), Decimal("0.00"))


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
    """Add the item, granted or waiting for its approver; one that cannot be read is an anomaly."""
    data = event.data
    name = base.read_str(data, "item")
    amount = base.read_amount(data, "amount")
    instrument, ledger = base.read_str(data, "instrument"), base.read_str(data, "ledger")
    if not (name and amount and instrument in INSTRUMENTS and ledger in LEDGERS):
        return _with_anomaly(state, "item_unreadable", event)
    if name in state.compensation:
        return _with_anomaly(state, "item_twice", event)
    granted = data.get("decision") == "granted"
    item = CompensationItem(
        id=name,
        proposed=base.mark(event),
        role=base.read_str(data, "role"),
        instrument=instrument,
        ledger=ledger,
        amount=amount,
        payee=base.read_str(data, "payee"),
        status="granted" if granted else "pending",
        approver=base.read_str(data, "approver") or None,
        cumulative=base.read_amount(data, "cumulative") or amount,
        limit=base.read_amount(data, "limit"),
        reason=event.personal.get("reason", ""),
    )
    return evolve(state, compensation={**state.compensation, item.id: item})


def _with_anomaly(state: TicketState, code: str, event: Event) -> TicketState:
    anomaly = Anomaly(code, event.id, {"item": base.read_str(event.data, "item")})
    return evolve(state, anomalies=(*state.anomalies, anomaly))
