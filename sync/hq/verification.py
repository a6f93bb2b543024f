"""HQ checks itself: every chain, value, head, countersignature and attachment that it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, func, literal, select

from desktop.domain.events import Absent
from desktop.journal.chain import ERASURE, GENESIS, Fault, StoredEvent, check_chain
from desktop.journal.records import Record, TornRecord, parse_core
from desktop.services.ports import Receipt
from sync import protocol
from sync.hq import streams
from sync.hq.attachments import AttachmentStore
from sync.hq.keys import SigningKey
from sync.hq.models import chain, device, event, receipt


@dataclass(frozen=True, slots=True)
class DamagedAttachment:
    """An attachment that HQ acknowledged and does not hold as it came."""

    store: str
    sha256: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked, the first fault of each chain that has one, and damaged attachments."""

    chains: int
    events: int
    receipts: int
    attachments: int
    faults: tuple[Fault, ...]
    damaged: tuple[DamagedAttachment, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults and not self.damaged


def verify(
    engine: Engine,
    key: SigningKey,
    files: AttachmentStore,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Walk everything; `progress` gets (events done, events in all)."""
    faults: list[Fault] = []
    events = receipts = 0
    with engine.connect() as connection:
        total = connection.execute(select(func.count()).select_from(event)).scalar_one()
        erased = _erased(connection)
        rows = connection.execute(
            select(chain, device.c.public_key)
            .join_from(chain, device, device.c.id == chain.c.device, isouter=True)
            .order_by(chain.c.id)
        ).all()
        for row in rows:
            given = connection.execute(
                select(receipt)
                .where(receipt.c.home == row.home, receipt.c.chain == row.id)
                .order_by(receipt.c.seq)
            ).all()
            heads = {item.seq: item.head for item in given}
            fault, seq, head = _walk(connection, row, heads, erased)
            events, receipts = events + seq, receipts + len(given)
            found = fault or _check_head(row, seq, head) or _check_receipts(key, row, given)
            if found is not None:
                faults.append(found)
            if progress is not None:
                progress(events, total)
        stray = _stray(connection)
    checked = list(files.check())
    damaged = tuple(DamagedAttachment(*found) for found in checked if found[2])
    return Verdict(len(rows), events, receipts, len(checked), (*faults, *stray), damaged)


def _walk(
    connection: Connection, row: Any, known: Mapping[int, bytes], erased: frozenset[str]
) -> tuple[Fault | None, int, bytes]:
    """Check one chain from its beginning.

    Bytes that were no event when they came are kept as they came; that is no fault of HQ's.
    """
    seq, head = 0, GENESIS
    with closing(streams.of_chain(connection, row.home, row.id)) as walked:
        unread = _Peek(walked, erased)
        while True:
            fault, seq, head = check_chain(row.id, unread, head, seq + 1, known)
            last = unread.last
            if fault is None or fault.what != "torn" or last is None or _is_event(last.record):
                return fault, seq, head
            seq, head = last.record.seq, last.record.hash


def _erased(connection: Connection) -> frozenset[str]:
    """Return the streams with an event that accounts for values taken away here."""
    spoken_of = select(event.c.stream, event.c.core).where(
        func.position(literal(ERASURE.encode(), LargeBinary).op("IN")(event.c.core)) > 0
    )
    return frozenset(
        row.stream for row in connection.execute(spoken_of) if _kind(row.core) == ERASURE
    )


def _kind(core: bytes) -> str:
    try:
        return parse_core(core).k
    except TornRecord:
        return ""


class _Peek:
    """Events as they are walked, remembering the last."""

    def __init__(self, walked: Iterator[StoredEvent], erased: frozenset[str]) -> None:
        self._walked = walked
        self._erased = erased
        self.last: StoredEvent | None = None

    def __iter__(self) -> Iterator[StoredEvent]:
        for stored in self._walked:
            self.last = stored
            gone = {Absent.ERASED} if stored.record.stream in self._erased else set()
            yield replace(stored, excused=frozenset({Absent.NOT_ARRIVED, *gone}))


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


def _check_receipts(key: SigningKey, row: Any, given: Any) -> Fault | None:
    """Check that HQ signed what it keeps as signed, and keeps all that it signed."""
    if len(given) != row.receipts:
        detail = f"HQ gave {row.receipts} receipts and keeps {len(given)}"
        return Fault(row.id, max(row.seq, 1), "head", detail)
    for item in given:
        signed = Receipt(row.id, item.seq, item.head, item.signed_at, item.signature)
        if not protocol.verify_receipt(key.public, signed):
            return Fault(row.id, item.seq, "head", "HQ's own receipt has a wrong signature")
    return None


def _stray(connection: Connection) -> list[Fault]:
    """Return events on chains that HQ does not know."""
    found = connection.execute(
        select(event.c.chain, func.min(event.c.seq).label("seq"))
        .where(event.c.chain.not_in(select(chain.c.id)))
        .group_by(event.c.chain)
    )
    return [Fault(row.chain, row.seq, "head", "events of an unknown chain") for row in found]
