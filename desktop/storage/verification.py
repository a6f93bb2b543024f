"""Proof of the stored data: every chain, value, receipt and attachment checked, nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, select, union

from desktop.domain.events import Absent, PersonalValue
from desktop.domain.operations import attach_evidence
from desktop.journal.chain import Fault, StoredEvent, check_chain
from desktop.journal.records import Record, TornRecord, decode
from desktop.services.ports import Attachments, Receipt, StorageFault
from desktop.storage import event_rows
from desktop.storage.database import Database
from desktop.storage.event_rows import Head
from desktop.storage.installation import Installation
from desktop.storage.tables import chain, event, personal_value, receipt, salt

#: Events read at a time, so that a long chain does not fill the memory.
_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What a check found: how much was checked, what is absent for a reason, what is wrong.

    `faults` holds the first bad event of each chain, this installation's own chain first.
    """

    events: int
    chains: Mapping[str, Head]
    receipts: int
    attachments: int
    erased: int
    not_arrived: int
    attachments_not_arrived: int
    faults: tuple[Fault, ...]

    @property
    def first_bad(self) -> Fault | None:
        """The fault to name first, None when all is well."""
        return self.faults[0] if self.faults else None

    def to_json(self) -> dict[str, Any]:
        """Return the object that `amends verify --json` prints."""
        return {
            "ok": not self.faults,
            "events": self.events,
            "chains": {
                of: {"seq": head.seq, "head": head.hash.hex()} for of, head in self.chains.items()
            },
            "receipts": self.receipts,
            "attachments": self.attachments,
            "erased": self.erased,
            "not_arrived": self.not_arrived,
            "attachments_not_arrived": self.attachments_not_arrived,
            "first_bad": _fault_json(self.faults[0]) if self.faults else None,
            "faults": [_fault_json(fault) for fault in self.faults],
        }


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
        with self._database.read() as connection:
            walks = [self._walk(connection, of) for of in self._chains(connection)]
            receipts = [self._check_receipts(connection, walk) for walk in walks]
        return VerificationReport(
            events=sum(walk.end.seq for walk in walks),
            chains={walk.chain: walk.end for walk in walks},
            receipts=sum(receipts),
            attachments=sum(walk.attachments for walk in walks),
            erased=sum(walk.erased for walk in walks),
            not_arrived=sum(walk.not_arrived for walk in walks),
            attachments_not_arrived=sum(walk.attachments_not_arrived for walk in walks),
            faults=tuple(walk.fault for walk in walks if walk.fault),
        )

    def _chains(self, connection: Connection) -> Sequence[str]:
        """Return every chain that anything speaks of, the own one first."""
        spoken_of = union(select(chain.c.chain), select(event.c.chain), select(receipt.c.chain))
        found = set(connection.execute(spoken_of).scalars()) | {self._own}
        return sorted(found, key=lambda of: (of != self._own, of))

    def _walk(self, connection: Connection, of: str) -> _Walk:
        walk = _Walk(of, of == self._own, self._attachments)
        fault, seq, head = check_chain(of, walk.events(connection))
        walk.end = Head(seq, head)
        walk.note(fault)
        stated = event_rows.head_of(connection, of)
        if stated.seq > seq:
            walk.note(Fault(of, seq + 1, "gap", f"the chain should have {stated.seq} events"))
        elif stated != walk.end:
            walk.note(Fault(of, max(seq, 1), "head", "the chain's end is not the one noted"))
        return walk

    def _check_receipts(self, connection: Connection, walk: _Walk) -> int:
        of_chain = select(receipt).where(receipt.c.chain == walk.chain).order_by(receipt.c.seq)
        given = [Receipt(*row) for row in connection.execute(of_chain)]
        for item in given:
            walk.note(self._receipt_fault(connection, walk, item))
        return len(given)

    def _receipt_fault(self, connection: Connection, walk: _Walk, given: Receipt) -> Fault | None:
        if self._is_by_hq is None or not self._is_by_hq(given):
            return Fault(given.chain, given.seq, "head", "the receipt is not signed by HQ")
        if given.seq == 0:
            return None
        place = and_(event.c.chain == given.chain, event.c.seq == given.seq)
        known = connection.execute(select(event.c.hash).where(place)).scalar_one_or_none()
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
    store: Attachments
    end: Head = field(default_factory=lambda: Head(0, b""))
    fault: Fault | None = None
    erased: int = 0
    not_arrived: int = 0
    attachments: int = 0
    attachments_not_arrived: int = 0

    def note(self, fault: Fault | None) -> None:
        """Keep the earliest fault of the chain."""
        if fault and (self.fault is None or fault.seq < self.fault.seq):
            self.fault = fault

    def events(self, connection: Connection) -> Iterator[StoredEvent]:
        """Yield the chain's records with what is beside them, checking what hashes do not."""
        after = 0
        while batch := _batch(connection, self.chain, after):
            after = batch[-1].seq
            values = _values(connection, self.chain, batch[0].seq, after)
            for row in batch:
                stored = StoredEvent(_record(row), row.salt, values.get(row.seq, {}))
                self._check_beside(row, stored)
                yield stored

    def _check_beside(self, row: Row[*tuple[Any, ...]], stored: StoredEvent) -> None:
        record = stored.record
        try:
            read = decode(record, stored.values)
        except TornRecord:
            return  # the walk itself names it
        if (read.kind, read.lc) != (row.kind, row.lc):
            detail = "its columns differ from its bytes"
            self.note(Fault(self.chain, record.seq, "torn", detail))
        for name, value in stored.values.items():
            self._check_absence(record.seq, name, value)
        if read.kind == attach_evidence.KIND:
            self._check_attachment(record.seq, read.text("content"))

    def _check_absence(self, seq: int, name: str, value: PersonalValue) -> None:
        if value is Absent.ERASED:
            self.erased += 1
        elif value is Absent.NOT_ARRIVED:
            self.not_arrived += 1
            if self.own:
                # What was written here was here: it was taken away, not awaited.
                self.note(Fault(self.chain, seq, "missing_value", name))

    def _check_attachment(self, seq: int, sha256: str) -> None:
        if not sha256:
            return
        try:
            content = self.store.get(sha256)
        except (StorageFault, ValueError) as error:
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


def _batch(connection: Connection, of: str, after: int) -> Sequence[Row[*tuple[Any, ...]]]:
    beside = and_(salt.c.stream == event.c.stream, salt.c.chain == event.c.chain)
    records = (
        select(*event_rows.RECORD_COLUMNS, event.c.kind, event.c.lc, salt.c.salt)
        .outerjoin(salt, beside)
        .where(event.c.chain == of, event.c.seq > after)
        .order_by(event.c.seq)
        .limit(_BATCH)
    )
    return connection.execute(records).all()


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    core, run, sealed = (_as_bytes(value) for value in (row.core, row.digests, row.hash))
    return Record(row.chain, row.seq, row.stream, core, run, sealed)


def _as_bytes(value: object) -> bytes:
    """Return a stored value as bytes; whoever altered it may have left another type."""
    return value if isinstance(value, bytes) else str(value).encode()


def _values(
    connection: Connection, of: str, first: int, last: int
) -> Mapping[int, dict[str, PersonalValue]]:
    beside = select(*event_rows.VALUE_COLUMNS).where(
        personal_value.c.chain == of, personal_value.c.seq.between(first, last)
    )
    found = event_rows.values_by_event(connection.execute(beside))
    return {seq: values for (_, seq), values in found.items()}


def _fault_json(fault: Fault) -> dict[str, object]:
    return {
        "chain": fault.chain,
        "seq": fault.seq,
        "what": fault.what,
        "detail": fault.detail,
    }
