"""Matching what approvers' devices say they gave with what stores say they released (对账).

Both are events on chains that their devices signed. A store's program that was tampered with may
release what nobody approved; it cannot make the approver's device say that it gave a code for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from desktop.domain.events import Event
from desktop.domain.operations import approve_by_phone, base
from desktop.domain.operations.decide_approval import COVERS
from desktop.domain.phone_approval import CODE_GIVEN, PhoneFacts, facts_digest
from desktop.domain.ticket import TicketState
from sync.hq import envelopes
from sync.hq.models import device, envelope, envelope_record

GIVEN: Final = "given"
USED: Final = "used"
LOCKED: Final = "locked"
KINDS: Final[Mapping[str, str]] = {
    CODE_GIVEN: GIVEN,
    approve_by_phone.KIND: USED,
    approve_by_phone.KIND_LOCKED: LOCKED,
}
#: Kinds of mismatch, the gravest first: money that nobody released, then what may be a mistake.
GRAVEST: Final = (
    "used_not_given", "facts_differ", "used_twice", "record_altered", "unknown_envelope",
    "over_cap", "low_rank", "own_item", "other_approver", "after_recall", "after_expiry",
    "used_elsewhere", "given_elsewhere", "given_twice", "tries_locked", "given_not_used",
)  # fmt: skip
#: The highest number that PostgreSQL's bigint takes; a forged event may name any.
_MOST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that does not fit.

    `heard` says that the other side has spoken with HQ since, so that nothing is merely on its way.
    `detail` is for the command line; `values` fill the page's text `hq_reconciliation.detail_…`.
    """

    code: str
    envelope: int
    store: str
    stream: str
    at: datetime
    detail: str
    heard: bool = True
    values: Mapping[str, object] = field(default_factory=dict)


def note(
    connection: Connection,
    owner: str,
    state: TicketState,
    events: Sequence[Event],
    now: datetime,
) -> None:
    """Keep what a stream's events say of envelopes; known ones stay as they were noted."""
    for event in events:
        number = base.read_int(event.data, "envelope")
        if event.kind not in KINDS or number is None or not 0 <= number <= _MOST:
            continue
        row = {
            "chain": event.id.chain,
            "seq": event.id.seq,
            "number": number,
            "kind": KINDS[event.kind],
            "store": owner,
            "stream": event.stream,
            "data": _said(connection, number, state, event),
            "at": event.at + timedelta(milliseconds=event.offset_ms or 0),
            "noted_at": now,
        }
        connection.execute(insert(envelope_record).values(row).on_conflict_do_nothing())


def _said(connection: Connection, number: int, state: TicketState, event: Event) -> dict[str, Any]:
    """Return what matters of an event; `facts` is computed here, `claimed` is what it says."""
    said: dict[str, Any] = {
        "claimed": base.read_str(event.data, "facts"),
        "approver": base.read_str(event.data, "approver"),
        "role": base.read_str(event.data, "role"),
        "item": base.read_str(event.data, "item"),
        "tries": base.read_int(event.data, "tries"),
    }
    facts = _facts(state, event)
    made = envelopes.terms_of(connection, number)
    if facts is None or made is None:
        return {**said, "facts": ""}
    said["facts"] = facts_digest(facts, number, made.store, made.approver).hex()
    said["amount"] = format(facts.amount, ".2f")
    item = state.compensation.get(said["item"])
    if item is not None:
        said |= {"proposer": item.proposed.actor, "payee": item.payee, "needed": item.approver}
        said["exposure"] = format(approve_by_phone.exposure(state, item), ".2f")
    return said


def _facts(state: TicketState, event: Event) -> PhoneFacts | None:
    """Return what the event is about: of a release the item as HQ knows it, else as told."""
    if event.kind == CODE_GIVEN:
        amount = base.read_amount(event.data, "amount")
        if amount is None:
            return None
        return PhoneFacts(
            ticket=base.read_str(event.data, "ticket"),
            instrument=base.read_str(event.data, "instrument"),
            ledger=base.read_str(event.data, "ledger"),
            amount=amount,
            payee=base.read_str(event.data, "payee"),
        )
    item = state.compensation.get(base.read_str(event.data, "item"))
    if item is None:
        return None
    return PhoneFacts(state.number, item.instrument, item.ledger, item.amount, item.payee)


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything that is known of one envelope."""

    number: int
    made: Any
    given: Sequence[Any]
    used: Sequence[Any]
    locked: Sequence[Any]
    #: device -> its chain and when it last spoke
    devices: Mapping[str, Any]

    def chain(self, device_id: str) -> str:
        known = self.devices.get(device_id)
        return known.chain if known else ""

    def heard(self, device_id: str, since: datetime) -> bool:
        known = self.devices.get(device_id)
        return bool(known and known.last_contact and known.last_contact > since)


def reconcile(connection: Connection) -> list[Mismatch]:
    """Return everything that does not fit, by envelope."""
    records: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(envelope_record).order_by("at", "chain", "seq")):
        records[row.number].append(row)
    made = {
        row.number: row
        for row in connection.execute(select(envelope).where(envelope.c.number.in_(records)))
    }
    devices = {row.id: row for row in connection.execute(select(device))}
    found: list[Mismatch] = []
    for number, rows in sorted(records.items()):
        given, used, locked = ([r for r in rows if r.kind == k] for k in (GIVEN, USED, LOCKED))
        case = _Case(number, made.get(number), given, used, locked, devices)
        found += _mismatches(case)
    return found


def _mismatches(case: _Case) -> Iterator[Mismatch]:
    if case.made is None:
        rows = [*case.given, *case.used, *case.locked]
        yield from (_of(row, "unknown_envelope", "HQ never made it") for row in rows)
        return
    answering, releasing = case.chain(case.made.approver_device), case.chain(case.made.device)
    for row in case.given:
        if row.chain != answering:
            yield _of(row, "given_elsewhere", f"on chain {row.chain}", chain=row.chain)
    for row in (*case.used, *case.locked):
        if row.chain != releasing:
            yield _of(row, "used_elsewhere", f"on chain {row.chain}", chain=row.chain)
    given = [row for row in case.given if row.chain == answering]
    yield from _pairs(case, given)
    for row in case.used:
        yield from _release(case, row)
    for row in case.locked:
        tries = row.data["tries"]
        yield _of(row, "tries_locked", f"{tries} wrong codes", tries=tries)


def _pairs(case: _Case, given: Sequence[Any]) -> Iterator[Mismatch]:
    """Yield what is wrong between the two logs."""
    answers = {row.data["facts"] for row in given}
    if len(answers) > 1:
        yield _of(
            given[-1], "given_twice", f"for {len(answers)} different facts", count=len(answers)
        )
    if len(case.used) > 1:
        yield _of(case.used[-1], "used_twice", f"{len(case.used)} releases", count=len(case.used))
    if given and not case.used:
        heard = case.heard(case.made.device, given[-1].noted_at)
        yield _of(given[-1], "given_not_used", "no release by it is known", heard)
    for row in case.used:
        if not given:
            heard = case.heard(case.made.approver_device, row.noted_at)
            yield _of(row, "used_not_given", "the approver's device gave no code", heard)
        elif row.data["facts"] not in answers:
            amounts = ", ".join(sorted({str(r.data.get("amount")) for r in given}))
            released = row.data.get("amount")
            told = f"code for {amounts} yuan, release of {released} yuan"
            yield _of(row, "facts_differ", told, said=amounts, released=released)


def _release(case: _Case, row: Any) -> Iterator[Mismatch]:
    """Yield what a store's program would never have done, had nobody altered it."""
    made, said = envelopes.terms(case.made), row.data
    if said["claimed"] != said["facts"]:
        yield _of(row, "record_altered", "its digest is not that of the item")
    if (said["approver"], said["role"]) != (made.approver, made.role):
        who, role = said["approver"], said["role"]
        yield _of(row, "other_approver", f"{who} ({role})", person=who, role=role)
    if said.get("needed") and made.role not in COVERS.get(said["needed"], frozenset()):
        needed = said["needed"]
        yield _of(row, "low_rank", f"{made.role} for {needed}", role=made.role, needed=needed)
    if made.approver in (said.get("proposer"), said.get("payee")):
        yield _of(row, "own_item", "the approver proposed it or is paid by it")
    if Decimal(said.get("exposure") or 0) > made.cap:
        exposed, cap = said["exposure"], f"{made.cap:.2f}"
        yield _of(row, "over_cap", f"{exposed} yuan, cap {cap}", amount=exposed, cap=cap)
    if case.made.recalled_at is not None and row.at > case.made.recalled_at:
        at = case.made.recalled_at
        yield _of(row, "after_recall", f"recalled {at:%Y-%m-%d %H:%M} UTC", at=at)
    if row.at >= made.expires_at:
        at = made.expires_at
        yield _of(row, "after_expiry", f"expired {at:%Y-%m-%d %H:%M} UTC", at=at)


def _of(row: Any, code: str, detail: str, heard: bool = True, **values: object) -> Mismatch:
    return Mismatch(code, row.number, row.store, row.stream, row.at, detail, heard, values)
