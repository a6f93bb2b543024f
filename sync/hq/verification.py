"""HQ checks itself: every chain, value, head and countersignature that it keeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from desktop.journal.chain import GENESIS, Fault, check_chain
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
            with closing(streams.of_chain(connection, row.home, row.id)) as walked:
                fault, seq, head = check_chain(row.id, walked, GENESIS)
            events += seq
            given = connection.execute(
                select(receipt).where(receipt.c.chain == row.id).order_by(receipt.c.seq)
            ).all()
            receipts += len(given)
            found = fault or _check_head(row, seq, head) or _check_receipts(
                connection, key, row, seq, given
            )
            if found is not None:
                faults.append(found)
            if progress is not None:
                progress(events, total)
        stray = _stray(connection)
    return Verdict(len(rows), events, receipts, (*faults, *stray))


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


def _check_receipts(
    connection: Connection, key: SigningKey, row: Any, seq: int, given: Any
) -> Fault | None:
    """Check what HQ signed against what it holds."""
    hashes = {
        found.seq: found.hash
        for found in connection.execute(
            select(event.c.seq, event.c.hash).where(
                event.c.home == row.home,
                event.c.chain == row.id,
                event.c.seq.in_(select(receipt.c.seq).where(receipt.c.chain == row.id)),
            )
        )
    }
    for item in given:
        signed = Receipt(row.id, item.seq, item.head, item.signed_at, item.signature)
        if not protocol.verify_receipt(key.public, signed):
            return Fault(row.id, item.seq, "head", "HQ's own receipt has a wrong signature")
        if item.seq > seq or hashes.get(item.seq) != item.head:
            return Fault(row.id, item.seq, "head", "HQ confirmed an event that is not there")
    return None


def _stray(connection: Connection) -> list[Fault]:
    """Return events on chains that HQ does not know."""
    found = connection.execute(
        select(event.c.chain, func.min(event.c.seq).label("seq"))
        .where(event.c.chain.not_in(select(chain.c.id)))
        .group_by(event.c.chain)
    )
    return [Fault(row.chain, row.seq, "head", "events of an unknown chain") for row in found]
