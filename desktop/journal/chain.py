"""One chain of records: the hash that ties each to the one before, and the check of a chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from desktop.domain.events import Absent, PersonalValue
from desktop.journal import digests
from desktop.journal.records import Record, TornRecord, parse_core

#: The head of an empty chain.
GENESIS: Final = bytes(32)
#: The kind of the event that accounts for the erased values of its stream.
ERASURE: Final = "person.erased"


def next_hash(prev: bytes, chain: str, seq: int, core: bytes, digest_run: bytes) -> bytes:
    """Return SHA-256 over the place in the chain, the previous hash and the stored bytes."""
    place = f"amends/1\n{chain}\n{seq}\n{len(core)}\n".encode()
    return hashlib.sha256(b"".join((place, prev, core, digest_run))).digest()


def next_hashes(
    prev: bytes, chain: str, first_seq: int, stored: Iterable[tuple[bytes, bytes]]
) -> list[bytes]:
    """Return `next_hash` of events that follow each other; `stored` is core and digests of each."""
    hashes: list[bytes] = []
    start = f"amends/1\n{chain}\n".encode()
    sha256 = hashlib.sha256
    for seq, (core, run) in enumerate(stored, first_seq):
        prev = sha256(b"%s%d\n%d\n%s%s%s" % (start, seq, len(core), prev, core, run)).digest()
        hashes.append(prev)
    return hashes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong on a chain; `what` says whether order, bytes, digest or value."""

    chain: str
    seq: int
    what: Literal["gap", "hash", "torn", "value", "missing_value", "head"]
    detail: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A record with what is stored beside it: the stream's salt and the personal values.

    `excused` says which absences something accounts for; a value absent for another reason is
    missing, since whoever wipes a value can also write why.
    """

    record: Record
    salt: bytes | None
    values: Mapping[str, PersonalValue]
    excused: frozenset[Absent] = frozenset(Absent)


def check_chain(
    chain: str,
    events: Iterable[StoredEvent],
    prev: bytes = GENESIS,
    first_seq: int = 1,
    known: Mapping[int, bytes] | None = None,
    links: Mapping[int, bytes] | None = None,
) -> tuple[Fault | None, int, bytes]:
    """Walk a chain from `first_seq`; return the first fault, the last good seq and its hash.

    `known` holds hashes that somebody else keeps for this chain by seq, as HQ's receipts do: a
    chain that was cut short or written anew does not agree with them. Values that are excused
    as erased or not arrived are no faults; a value that is neither there nor accounted for is
    (architecture.md: verify tells the three apart). `links` holds, for a chain that is here in
    part, the hash before each event that follows a gap.
    """
    seq, head = first_seq - 1, prev
    receipts = known or {}
    for stored in events:
        record = stored.record
        if record.chain != chain:
            return Fault(chain, seq + 1, "gap", f"found chain {record.chain}"), seq, head
        if record.seq > seq + 1 and links and record.seq in links:
            seq, head = record.seq - 1, links[record.seq]
        if record.seq != seq + 1:
            return Fault(chain, seq + 1, "gap", f"found {record.seq}"), seq, head
        if next_hash(head, chain, record.seq, record.core, record.digests) != record.hash:
            return Fault(chain, record.seq, "hash", "bytes differ from their hash"), seq, head
        if receipts.get(record.seq, record.hash) != record.hash:
            return Fault(chain, record.seq, "head", "differs from the receipt"), seq, head
        fault = check_values(stored)
        if fault:
            return fault, seq, head
        seq, head = record.seq, record.hash
    if max(receipts, default=0) > seq:
        return Fault(chain, seq + 1, "head", f"receipts reach {max(receipts)}"), seq, head
    return None, seq, head


def check_values(stored: StoredEvent) -> Fault | None:
    """Return the first thing stored beside one event that does not match what its hash covers."""
    record = stored.record
    try:
        core = parse_core(record.core)
    except TornRecord as error:
        return Fault(record.chain, record.seq, "torn", str(error))
    if record.stream != core.s:
        return Fault(record.chain, record.seq, "torn", f"filed under {record.stream}")
    names = core.f
    runs = digests.split(record.digests)
    if len(runs) != len(names) or len(record.digests) % digests.DIGEST_BYTES:
        return Fault(record.chain, record.seq, "torn", "digests do not fit the fields")
    added = stored.values.keys() - set(names)
    if added:
        return Fault(record.chain, record.seq, "value", f"{min(added)} was never written")
    for name, run in zip(names, runs, strict=True):
        value = stored.values.get(name)
        if isinstance(value, Absent) and value in stored.excused:
            continue
        if value is None or isinstance(value, Absent) or stored.salt is None:
            return Fault(record.chain, record.seq, "missing_value", name)
        if not _matches(run, stored.salt, record, name, value):
            return Fault(record.chain, record.seq, "value", name)
    return None


def _matches(run: bytes, salt: bytes, record: Record, name: str, value: str) -> bool:
    try:
        return digests.matches(run, salt, record.chain, record.seq, name, value)
    except UnicodeEncodeError:
        return False  # a lone surrogate is in no text that was ever digested
