"""Record what the customer was promised (承诺, CO-08): above authority it is kept and flagged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from desktop.domain import authority
from desktop.domain.events import Draft, Event, JsonValue
from desktop.domain.evolving import evolve
from desktop.domain.operations import base
from desktop.domain.operations.propose_compensation import counted_before
from desktop.domain.outcomes import Accepted, Context, Decision, Refusal
from desktop.domain.parts import Promise
from desktop.domain.ticket import Anomaly, TicketState

KIND = "promise.recorded"
KIND_KEPT = "promise.kept"
KIND_LAPSED = "promise.lapsed"


@dataclass(frozen=True, slots=True)
class RecordPromise(base.Command):
    """`promise` is a new id; an amount in yuan, a time, or both; `to` is whom it was given."""

    promise: str
    text: str
    amount: Decimal | None = None
    due: datetime | None = None
    to: str = "customer"


@dataclass(frozen=True, slots=True)
class KeepPromise(base.Command):
    """The promise was kept."""

    promise: str


@dataclass(frozen=True, slots=True)
class ExplainPromise(base.Command):
    """The promise was not kept; the reason, as the customer was told it."""

    promise: str
    reason: str


def decide(state: TicketState, command: RecordPromise, context: Context) -> Decision:
    """Refuse one without amount and time; what was said is recorded even above authority."""
    if state.closed:
        return Refusal("ticket_closed", {"number": state.number})
    if command.promise in state.promises:
        return Refusal("promise_known")
    if not command.text.strip():
        return Refusal("promise_empty")
    if command.amount is None and command.due is None:
        return Refusal("promise_vague")
    if command.amount is not None and not _is_amount(command.amount):
        return Refusal("amount_invalid", {"amount": str(command.amount)})
    if command.due is not None and command.due <= context.now:
        return Refusal("promise_past")
    data: dict[str, JsonValue] = {
        "promise": command.promise,
        "to": command.to,
        "amount": None if command.amount is None else format(command.amount, ".2f"),
        "due": None if command.due is None else command.due.isoformat(),
        "over_authority": over_authority(state, command.amount, context),
    }
    return Accepted((Draft(KIND, data, {"text": command.text.strip()}),))


def _is_amount(amount: Decimal) -> bool:
    try:
        authority.check_amount(amount)
    except authority.AmountError:
        return False
    return amount < base.AMOUNT_BELOW


def over_authority(state: TicketState, amount: Decimal | None, context: Context) -> bool:
    """Tell whether the actor could not give this sum alone, all earlier goodwill counted (D4)."""
    if amount is None:
        return False
    by = authority.Proposer(context.actor.person, context.actor.role)
    wanted = authority.Proposal("voucher", "goodwill", amount, by, "customer")
    earlier = counted_before(state, context)
    return authority.decide(wanted, earlier, context.policy.authority).decision != "granted"


def decide_keep(state: TicketState, command: KeepPromise, context: Context) -> Decision:
    """Refuse an unknown promise; kept twice changes nothing. A closed ticket still keeps them."""
    del context
    promise = state.promises.get(command.promise)
    if promise is None:
        return Refusal("promise_unknown")
    return Accepted(() if promise.kept else (Draft(KIND_KEPT, {"promise": promise.id}),))


def decide_explain(state: TicketState, command: ExplainPromise, context: Context) -> Decision:
    """Refuse a promise that is kept or explained already, and an explanation without words."""
    del context
    promise = state.promises.get(command.promise)
    if promise is None or not promise.open:
        return Refusal("promise_unknown")
    if not command.reason.strip():
        return Refusal("promise_needs_reason")
    data = {"promise": promise.id}
    return Accepted((Draft(KIND_LAPSED, data, {"excuse": command.reason.strip()}),))


def apply(state: TicketState, event: Event) -> TicketState:
    """Add the promise; one above authority is marked for a person to look at (QA-07)."""
    name = base.read_str(event.data, "promise")
    if not name or name in state.promises:
        return state
    amount = base.read_amount(event.data, "amount")
    promise = Promise(
        name,
        base.mark(event),
        base.read_str(event.data, "to"),
        event.personal.get("text", ""),
        amount,
        base.read_time(event.data, "due"),
        event.data.get("over_authority") is True,
    )
    changed = evolve(state, promises={**state.promises, name: promise})
    if not promise.over_authority:
        return changed
    values = {"amount": "" if amount is None else format(amount, ".2f")}
    anomaly = Anomaly("promise_over_authority", event.id, values)
    return evolve(changed, anomalies=(*changed.anomalies, anomaly))


def apply_keep(state: TicketState, event: Event) -> TicketState:
    """Mark the promise as kept."""
    promise = state.promises.get(base.read_str(event.data, "promise"))
    if promise is None or promise.kept:
        return state
    kept = replace(promise, kept=base.mark(event))
    return evolve(state, promises={**state.promises, promise.id: kept})


def apply_explain(state: TicketState, event: Event) -> TicketState:
    """Mark the promise as not kept, with the reason; a promise kept elsewhere stays kept."""
    promise = state.promises.get(base.read_str(event.data, "promise"))
    if promise is None or not promise.open:
        return state
    excuse = event.personal.get("excuse", "")
    lapsed = replace(promise, lapsed=base.mark(event), excuse=excuse)
    return evolve(state, promises={**state.promises, promise.id: lapsed})
