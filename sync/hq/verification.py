"""HQ checks itself: every chain, value, head and countersignature that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from desktop.journal.chain import GENESIS, Fault, StoredEvent, check_chain
from desktop.journal.records import Record, TornRecord, parse_core
from desktop.services.ports import Receipt
from sync import protocol
from sync.hq import streams
from sync.hq.keys import SigningKey
from sync.hq.models import chain, device, event, receipt


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked and the first fault of each chain that has one."""

    chains: int
    events: int
    receipts: int
    faults: tuple[Fault, ...]


def verify(
    engine: Engine, key: SigningKey, progress: Callable[[int, int], None] | None = None
) -> Verdict:
    """Walk everything; `progress` gets (events done, events in all)."""
    faults: list[Fault] = []
    events = receipts = 0
    with engine.connect() as connection:
        total = connection.execute(select(func.count()).select_from(event)).scalar_one()
        rows = connection.execute(
            select(chain, device.c.public_key)
            .join_from(chain, device, device.c.id == chain.c.device, isouter=True)
            .order_by(chain.c.id)
        ).all()
        for row in rows:
            given = connection.execute(
                select(receipt).where(receipt.c.chain == row.id).order_by(receipt.c.seq)
            ).all()
            fault, seq, head = _walk(connection, row, {item.seq: item.head for item in given})
            events, receipts = events + seq, receipts + len(given)
            found = fault or _check_head(row, seq, head) or _check_receipts(key, row.id, given)
            if found is not None:
                faults.append(found)
            if progress is not None:
                progress(events, total)
        stray = _stray(connection)
    return Verdict(len(rows), events, receipts, (*faults, *stray))


def _walk(
    connection: Connection, row: Any, known: Mapping[int, bytes]
) -> tuple[Fault | None, int, bytes]:
    """Check one chain from its beginning.

    Bytes that were no event when they came are kept as they came; that is no fault of HQ's.
    """
    seq, head = 0, GENESIS
    with closing(streams.of_chain(connection, row.home, row.id)) as walked:
        unread = _Peek(walked)
        while True:
            fault, seq, head = check_chain(row.id, unread, head, seq + 1, known)
            last = unread.last
            if fault is None or fault.what != "torn" or last is None or _is_event(last.record):
                return fault, seq, head
            seq, head = last.record.seq, last.record.hash


class _Peek:
    """Events as they are walked, remembering the last."""

    def __init__(self, walked: Iterator[StoredEvent]) -> None:
        self._walked = walked
        self.last: StoredEvent | None = None

    def __iter__(self) -> Iterator[StoredEvent]:
        for stored in self._walked:
            self.last = stored
            yield stored


def _is_event(record: Record) -> bool:
    try:
        parse_core(record.core)
    except TornRecord:
        return False
    return True


def _check_head(row: Any, seq: int, head: bytes) -> Fault | None:
    """Compare the walked end with the kept head, and that with the device's signature."""
    if seq != row.seq or head != row.head:
        return Fault(row.id, seq + 1, "head", f"the chain ends at {seq}, its head is at {row.seq}")
    if row.public_key is None or seq == 0:
        return None
    message = protocol.head_message(row.id, seq, head)
    if not protocol.verify(row.public_key, message, row.signature or b""):
        return Fault(row.id, seq, "head", "the device's signature does not fit the head")
    return None


def _check_receipts(key: SigningKey, chain_id: str, given: Any) -> Fault | None:
    """Check that HQ signed what it keeps as signed."""
    for item in given:
        signed = Receipt(chain_id, item.seq, item.head, item.signed_at, item.signature)
        if not protocol.verify_receipt(key.public, signed):
            return Fault(chain_id, item.seq, "head", "HQ's own receipt has a wrong signature")
    return None


def _stray(connection: Connection) -> list[Fault]:
    """Return events on chains that HQ does not know."""
    found = connection.execute(
        select(event.c.chain, func.min(event.c.seq).label("seq"))
        .where(event.c.chain.not_in(select(chain.c.id)))
        .group_by(event.c.chain)
    )
    return [Fault(row.chain, row.seq, "head", "events of an unknown chain") for row in found]
