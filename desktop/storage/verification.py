"""Proof of the stored data: every chain, value, receipt and attachment checked, nothing changed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select, union

from desktop.domain.events import Absent, PersonalValue
from desktop.domain.operations import attach_evidence
from desktop.journal.chain import ERASURE, Fault, StoredEvent, check_chain
from desktop.journal.records import Record, TornRecord, decode, parse_core
from desktop.services.exchange_ports import Receipt
from desktop.services.ports import Attachments, StorageFault
from desktop.storage.database import Database
from desktop.storage.event_rows import PRESENT, Head
from desktop.storage.faults import DatabaseDamaged
from desktop.storage.installation import Installation
from desktop.storage.proof import VerificationReport
from desktop.storage.raw_reads import any_text, as_bytes, as_text, is_text, raw
from desktop.storage.tables import chain, chain_link, event, meta, personal_value, receipt, salt
from desktop.storage.utc_time import from_ms

#: Events read at a time, so that a long chain does not fill the memory.
_BATCH: Final = 2000
#: What SQLite calls the type of a number without fraction.
_INTEGER: Final = "integer"


@dataclass(frozen=True, slots=True)
class Part:
    """How far a check in parts has come on a chain, whether that is its end, and what is wrong."""

    reached: Head
    ended: bool
    fault: Fault | None


class Verifier:
    """Checks one store's data; reads only.

    `is_by_hq` tells whether HQ signed a receipt; None while the store is not enrolled.
    """

    def __init__(
        self,
        database: Database,
        installation: Installation,
        attachments: Attachments,
        is_by_hq: Callable[[Receipt], bool] | None,
    ) -> None:
        self._database = database
        self._own = installation.chain
        self._attachments = attachments
        self._is_by_hq = is_by_hq

    def run(self) -> VerificationReport:
        """Check everything as it was at one moment; raises StorageFault for an unreadable file."""
        with self._database.read() as connection, any_text(connection):
            self._check_facts(connection)
            named, nameless = self._chains(connection)
            walks = [self._walk(connection, of) for of in named]
            receipts = [self._check_receipts(connection, walk) for walk in walks]
        return VerificationReport(
            events=sum(walk.end.seq for walk in walks),
            chains={walk.chain: walk.end for walk in walks},
            receipts=sum(receipts),
            attachments=sum(walk.attachments for walk in walks),
            erased=sum(walk.erased for walk in walks),
            not_arrived=sum(walk.not_arrived for walk in walks),
            attachments_not_arrived=sum(walk.attachments_not_arrived for walk in walks),
            faults=(*(walk.fault for walk in walks if walk.fault), *nameless),
        )

    def chains(self) -> Sequence[str]:
        """Return the names of all chains, the own one first."""
        with self._database.read() as connection, any_text(connection):
            return self._chains(connection)[0]

    def part(self, of: str, after: Head, most: int) -> Part:
        """Check at most `most` events of a chain after one that was found good.

        Attachments are left out; the chain's noted end and HQ's receipts are checked at its end.
        """
        with self._database.read() as connection, any_text(connection):
            walk = _Walk(of, of == self._own, None)
            events = walk.events(connection, after.seq, most)
            links = _links(connection, of)
            fault, seq, head = check_chain(of, events, after.hash, after.seq + 1, links=links)
            walk.note(fault)
            walk.end = Head(seq, head)
            ended = seq - after.seq < most
            if ended:
                walk.note(self._head_fault(connection, walk))
                self._check_receipts(connection, walk)
            return Part(walk.end, ended, walk.fault)

    def _check_facts(self, connection: Connection) -> None:
        for name, value in connection.execute(select(*raw(meta.c.name, meta.c.value))):
            if not (is_text(name) and isinstance(value, bytes)):
                raise DatabaseDamaged(
                    f"the installation's own fact {as_text(name)} was altered in "
                    f"{self._database.path}; restore the last backup"
                )

    def _chains(self, connection: Connection) -> tuple[Sequence[str], Sequence[Fault]]:
        """Return every chain that anything speaks of, the own one first, and those without name.

        Nothing can be asked about a chain whose name is no text, but that is fault enough.
        """
        spoken_of = union(*(select(*raw(t.c.chain)) for t in (chain, event, receipt, salt)))
        found: set[object] = {*connection.execute(spoken_of).scalars(), self._own}
        named = sorted(filter(is_text, found), key=lambda of: (of != self._own, of))
        nameless = sorted(as_text(of) for of in found if not is_text(of))
        detail = "the chain's name is no text"
        return named, [Fault(of, 1, "torn", detail) for of in nameless]

    def _walk(self, connection: Connection, of: str) -> _Walk:
        walk = _Walk(of, of == self._own, self._attachments)
        fault, seq, head = check_chain(of, walk.events(connection), links=_links(connection, of))
        walk.end = Head(seq, head)
        walk.note(fault)
        if _has_placeless(connection, of):
            walk.note(Fault(of, seq + 1, "gap", "an event's place is no number from 1 on"))
        walk.note(self._head_fault(connection, walk))
        return walk

    def _head_fault(self, connection: Connection, walk: _Walk) -> Fault | None:
        """Compare the walked end with the one that is noted; an empty chain needs no note."""
        columns = raw(chain.c.seq, chain.c.head, chain.c.own)
        row = connection.execute(select(*columns).where(chain.c.chain == walk.chain)).one_or_none()
        end, here = walk.end, max(walk.end.seq, 1)
        if row is None:
            if end.seq == 0 and not walk.own:
                return None
            return Fault(walk.chain, here, "head", "the chain's end is not noted")
        if isinstance(row.seq, int) and row.seq > end.seq:
            detail = f"the chain should have {row.seq} events"
            return Fault(walk.chain, end.seq + 1, "gap", detail)
        if (row.seq, row.head) != (end.seq, end.hash):
            return Fault(walk.chain, here, "head", "the chain's end is not the one noted")
        if row.own != int(walk.own):
            return Fault(walk.chain, here, "head", "the mark of whose chain it is was altered")
        return None

    def _check_receipts(self, connection: Connection, walk: _Walk) -> int:
        columns = raw(*receipt.c)
        of_chain = select(*columns).where(receipt.c.chain == walk.chain).order_by(receipt.c.seq)
        given = connection.execute(of_chain).all()
        for row in given:
            read = _receipt(row)
            if read is None:
                seq = row.seq if isinstance(row.seq, int) else max(walk.end.seq, 1)
                walk.note(Fault(walk.chain, seq, "head", "a receipt of HQ cannot be read"))
            else:
                walk.note(self._receipt_fault(connection, walk, read))
        noted = select(*raw(chain.c.receipts)).where(chain.c.chain == walk.chain)
        count = connection.execute(noted).scalar_one_or_none() or 0
        if count != len(given):
            noted_as = count if isinstance(count, int) else "an altered number of"
            detail = f"HQ gave {noted_as} receipts, {len(given)} are here"
            walk.note(Fault(walk.chain, max(walk.end.seq, 1), "head", detail))
        return len(given)

    def _receipt_fault(self, connection: Connection, walk: _Walk, given: Receipt) -> Fault | None:
        if self._is_by_hq is None or not self._is_by_hq(given):
            return Fault(given.chain, given.seq, "head", "the receipt is not signed by HQ")
        if given.seq == 0:
            return None
        place = and_(event.c.chain == given.chain, event.c.seq == given.seq)
        known = connection.execute(select(*raw(event.c.hash)).where(place)).scalar_one_or_none()
        if known is None:
            missing = max(walk.end.seq + 1, 1)
            return Fault(given.chain, missing, "gap", f"HQ's receipt covers {given.seq} events")
        if known != given.head:
            return Fault(given.chain, given.seq, "head", "HQ countersigned another event here")
        return None


@dataclass(slots=True)
class _Walk:
    """One chain on its way: what was counted, and the first thing wrong."""

    chain: str
    own: bool
    store: Attachments | None
    end: Head = field(default_factory=lambda: Head(0, b""))
    fault: Fault | None = None
    erased: int = 0
    not_arrived: int = 0
    attachments: int = 0
    attachments_not_arrived: int = 0
    erasures: dict[str, bool] = field(default_factory=dict)

    def note(self, fault: Fault | None) -> None:
        """Keep the earliest fault of the chain."""
        if fault and (self.fault is None or fault.seq < self.fault.seq):
            self.fault = fault

    def events(
        self, connection: Connection, after: int = 0, most: int = sys.maxsize
    ) -> Iterator[StoredEvent]:
        """Yield the chain's records with what is beside them, checking what hashes do not.

        That check comes when the next is asked for: then the event's own bytes are known good.
        """
        while most and (batch := _batch(connection, self.chain, after, min(most, _BATCH))):
            most -= len(batch)
            values = _values(connection, self.chain, after, batch[-1].seq)
            for row in batch:
                after = row.seq
                beside = values.get(after, {})
                excused = self._excused(connection, row, beside)
                stored = StoredEvent(_record(row), _salt(row), beside, excused)
                yield stored
                self._check_beside(row, stored)

    def _excused(
        self, connection: Connection, row: Row[*tuple[Any, ...]], values: Mapping[str, object]
    ) -> frozenset[Absent]:
        """Say which absences somebody accounts for; any other is a value that was taken away.

        What was written here was here, so it is not awaited; what was erased says who erased it.
        """
        arrives = frozenset() if self.own else frozenset({Absent.NOT_ARRIVED})
        if Absent.ERASED in values.values() and is_text(row.stream):
            if row.stream not in self.erasures:
                self.erasures[row.stream] = _has_erasure(connection, row.stream)
            if self.erasures[row.stream]:
                return arrives | {Absent.ERASED}
        return arrives

    def _check_beside(self, row: Row[*tuple[Any, ...]], stored: StoredEvent) -> None:
        record = stored.record
        read = decode(record, stored.values)
        if (read.kind, read.lc) != (row.kind, row.lc) or not _has_types(row):
            detail = "its columns differ from its bytes"
            self.note(Fault(self.chain, record.seq, "torn", detail))
        self.erased += sum(v is Absent.ERASED for v in stored.values.values())
        self.not_arrived += sum(v is Absent.NOT_ARRIVED for v in stored.values.values())
        if read.kind == attach_evidence.KIND:
            self._check_attachment(record.seq, read.text("content"))

    def _check_attachment(self, seq: int, sha256: str) -> None:
        if not sha256 or self.store is None:
            return
        try:
            content = self.store.get(sha256)
        except (StorageFault, ValueError, OSError) as error:
            self.note(Fault(self.chain, seq, "value", f"attachment: {error}"))
            return
        if content is None and not self.own:
            self.attachments_not_arrived += 1
        elif content is None:
            self.note(Fault(self.chain, seq, "missing_value", f"attachment {sha256}"))
        elif hashlib.sha256(content).hexdigest() != sha256:
            self.note(Fault(self.chain, seq, "value", f"attachment {sha256} has other bytes"))
        else:
            self.attachments += 1


def _batch(
    connection: Connection, of: str, after: int, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    beside = and_(salt.c.stream == event.c.stream, salt.c.chain == event.c.chain)
    records = (
        select(*raw(*event.c, salt.c.salt))
        .outerjoin_from(event, salt, beside)
        .where(event.c.chain == of, event.c.seq > after, func.typeof(event.c.seq) == _INTEGER)
        .order_by(event.c.seq)
        .limit(most)
    )
    return connection.execute(records).all()


def _has_placeless(connection: Connection, of: str) -> bool:
    """Tell whether a chain has rows that walking from its first event never meets."""
    placeless = or_(func.typeof(event.c.seq) != _INTEGER, event.c.seq < 1)
    found = select(*raw(event.c.seq)).where(event.c.chain == of, placeless).limit(1)
    return connection.execute(found).first() is not None


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    core, run, sealed = (as_bytes(value) for value in (row.core, row.digests, row.hash))
    return Record(row.chain, row.seq, as_text(row.stream), core, run, sealed)


def _salt(row: Row[*tuple[Any, ...]]) -> bytes | None:
    return None if row.salt is None else as_bytes(row.salt)


def _has_types(row: Row[*tuple[Any, ...]]) -> bool:
    """Tell whether the columns hold the types they are for; a right hash says nothing of that."""
    runs = (row.core, row.digests, row.hash, b"" if row.salt is None else row.salt)
    return is_text(row.stream) and all(isinstance(run, bytes) for run in runs)


def _links(connection: Connection, of: str) -> dict[int, bytes]:
    """Return the hashes before the events that follow a gap, on a chain that is here in part."""
    columns = raw(chain_link.c.seq, chain_link.c.prev)
    rows = connection.execute(select(*columns).where(chain_link.c.chain == of))
    return {row.seq: as_bytes(row.prev) for row in rows if isinstance(row.seq, int)}


def _values(
    connection: Connection, of: str, after: int, last: int
) -> dict[int, dict[str, PersonalValue]]:
    """Return the personal values of the next batch by event; what is no value is left out."""
    columns = raw(*personal_value.c)
    beside = select(*columns).where(
        personal_value.c.chain == of, personal_value.c.seq.between(after + 1, last)
    )
    found: dict[int, dict[str, PersonalValue]] = {}
    for row in connection.execute(beside):
        value = _value(row.state, row.value)
        if value is not None:
            found.setdefault(row.seq, {})[as_text(row.field)] = value
    return found


def _value(state: object, value: object) -> PersonalValue | None:
    if state == PRESENT:
        # Text that is none stays as it is or shows its type: both fail the digest.
        return value if isinstance(value, str) or value is None else repr(value)
    accounted = [why for why in Absent if why.value == state]
    return accounted[0] if accounted and value is None else None


def _has_erasure(connection: Connection, stream: str) -> bool:
    """Tell whether any chain of a stream holds an event that erased its person."""
    claimed = select(*raw(event.c.core)).where(event.c.stream == stream, event.c.kind == ERASURE)
    for core in connection.execute(claimed).scalars():
        try:
            read = parse_core(as_bytes(core))
        except TornRecord:
            continue
        if (read.k, read.s) == (ERASURE, stream):
            return True
    return False


def _receipt(row: Row[*tuple[Any, ...]]) -> Receipt | None:
    """Return a stored receipt, None for one whose columns hold something else."""
    if not (isinstance(row.seq, int) and isinstance(row.signed_at, int)):
        return None
    if not (isinstance(row.head, bytes) and isinstance(row.signature, bytes)):
        return None
    try:
        signed_at = from_ms(row.signed_at)
    except OverflowError:
        return None
    return Receipt(row.chain, row.seq, row.head, signed_at, row.signature)
