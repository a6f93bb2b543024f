"""HQ checks itself: every chain, value, head, countersignature and attachment that it keeps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, LargeBinary, func, literal, select

from desktop.domain.events import Absent
from desktop.journal.chain import ERASURE, GENESIS, Fault, StoredEvent, check_chain
from desktop.journal.records import Record, TornRecord, parse_core
from desktop.services.exchange_ports import Receipt
from sync import protocol
from sync.hq import streams
from sync.hq.attachments import AttachmentStore
from sync.hq.keys import SigningKey
from sync.hq.models import chain, device, event, receipt

#: Everything is read as it was at one moment, while devices go on sending.
AS_IT_IS: Final = "REPEATABLE READ"


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
    with engine.connect().execution_options(isolation_level=AS_IT_IS) as connection:
        total = connection.execute(select(func.count()).select_from(event)).scalar_one()
        erased = erased_streams(connection)
        rows = chains(connection)
        for row in rows:
            part = check_part(connection, key, row, erased)
            events, receipts = events + part.seq, receipts + part.receipts
            if part.fault is not None:
                faults.append(part.fault)
            if progress is not None:
                progress(events, total)
        stray = _stray(connection)
    checked = list(files.check())
    damaged = tuple(DamagedAttachment(*found) for found in checked if found[2])
    return Verdict(len(rows), events, receipts, len(checked), (*faults, *stray), damaged)


def chains(connection: Connection) -> Sequence[Any]:
    """Return every chain with its head and the key of the device that writes it."""
    return connection.execute(
        select(chain, device.c.public_key, device.c.last_contact)
        .join_from(chain, device, device.c.id == chain.c.device, isouter=True)
        .order_by(chain.c.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Part:
    """How far a chain was found good, how many receipts it has, and its first fault."""

    seq: int
    head: bytes
    receipts: int
    fault: Fault | None


def check_part(
    connection: Connection,
    key: SigningKey,
    row: Any,
    erased: frozenset[str],
    begin: tuple[int, bytes] = (0, GENESIS),
    most: int = sys.maxsize,
) -> Part:
    """Walk one of `chains`, or the next `most` events after a place that was found good.

    The kept head and HQ's receipts are checked with the chain's last event.
    """
    given = connection.execute(
        select(receipt)
        .where(receipt.c.home == row.home, receipt.c.chain == row.id)
        .order_by(receipt.c.seq)
    ).all()
    ends = row.seq - begin[0] <= most
    reach = sys.maxsize if ends else begin[0] + most
    heads = {item.seq: item.head for item in given if item.seq <= reach}
    fault, seq, head = _walk(connection, row, heads, erased, begin, most)
    if ends and fault is None:
        fault = _check_head(row, seq, head) or _check_receipts(key, row, given)
    return Part(seq, head, len(given), fault)


def _walk(
    connection: Connection,
    row: Any,
    known: Mapping[int, bytes],
    erased: frozenset[str],
    begin: tuple[int, bytes],
    most: int,
) -> tuple[Fault | None, int, bytes]:
    """Check one chain from a place on.

    Bytes that were no event when they came are kept as they came; that is no fault of HQ's.
    """
    seq, head = begin
    known = {place: hash_ for place, hash_ in known.items() if place > seq}
    with closing(streams.of_chain(connection, row.home, row.id, seq)) as walked:
        unread = _Peek(islice(walked, most), erased)
        while True:
            fault, seq, head = check_chain(row.id, unread, head, seq + 1, known)
            last = unread.last
            if fault is None or fault.what != "torn" or last is None or _is_event(last.record):
                return fault, seq, head
            seq, head = last.record.seq, last.record.hash


def erased_streams(connection: Connection) -> frozenset[str]:
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
