"""Events of other chains on their way into the journal: linked, compared, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.events import Absent
from desktop.domain.operations import attach_evidence
from desktop.journal.chain import next_hash
from desktop.journal.records import Record
from desktop.services.exchange_ports import ChainFork, ChainGap, IncomingEvent
from desktop.storage import event_rows, inbox
from desktop.storage.event_rows import Entry, Head
from desktop.storage.feed_preparing import entry_of
from desktop.storage.tables import (
    attachment,
    chain_link,
    event,
    personal_value,
    wanted_attachment,
)

_HASH = select(event.c.hash).where(event.c.chain == bindparam("of"), event.c.seq == bindparam("at"))
_LINK = select(chain_link.c.prev).where(
    chain_link.c.chain == bindparam("of"), chain_link.c.seq == bindparam("at")
)


@dataclass(slots=True)
class FeedBatch:
    """Takes events one by one, then writes them; nothing is kept of a batch that raises.

    `read` holds entries made before, by place.
    """

    connection: Connection
    salts: Mapping[str, bytes]
    read: Mapping[tuple[str, int], Entry] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    _fresh: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _salted: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def take(self, incoming: IncomingEvent) -> None:
        """Check an event's place and keep it for `finish`, or compare it with the known one.

        Raises ChainFork and ChainGap.
        """
        record = incoming.record
        head = self._head(record.chain)
        known = self._hash(record.chain, record.seq) if record.seq <= head.seq else None
        if known is not None:
            self._compare(incoming, known)
            return
        if incoming.gaps:
            self._link(incoming)
        elif record.seq != head.seq + 1:
            raise ChainGap(
                f"event {record.chain}:{record.seq} came before {record.chain}:{head.seq + 1}"
            )
        elif _linked(head.hash, record) != record.hash:
            raise ChainFork(f"event {record.chain}:{record.seq} does not follow ours before it")
        if record.seq > head.seq:
            self.heads[record.chain] = Head(record.seq, record.hash)
        self._fresh[record.chain, record.seq] = record.hash
        self.entries.append(self.read.get((record.chain, record.seq)) or entry_of(incoming))
        self.touched[record.stream] = None
        if record.stream in self.salts:
            of_chain = self._salted.setdefault(record.chain, {})
            of_chain[record.stream] = self.salts[record.stream]

    def finish(self) -> None:
        """Write what was taken and move the heads."""
        event_rows.add(self.connection, self.entries)
        for of, salts in self._salted.items():
            event_rows.add_salts(self.connection, of, salts)
        for of, head in self.heads.items():
            event_rows.set_head(self.connection, of, head)
        arrived = [e.event for e in self.entries if e.event]
        inbox.announce(self.connection, arrived)
        named = {e.text("content") for e in arrived if e.kind == attach_evidence.KIND}
        self._want(named - {""})

    def _head(self, of: str) -> Head:
        if of not in self.heads:
            event_rows.ensure_chain(self.connection, of)
            self.heads[of] = event_rows.head_of(self.connection, of)
        return self.heads[of]

    def _hash(self, of: str, seq: int) -> bytes | None:
        fresh = self._fresh.get((of, seq))
        if fresh is not None:
            return fresh
        found: bytes | None = self.connection.execute(
            _HASH, {"of": of, "at": seq}
        ).scalar_one_or_none()
        return found

    def _link(self, incoming: IncomingEvent) -> None:
        """Tie an event of a chain that comes in part to what is here before and after it.

        Where the event before it is not for this store, the hash before it is kept as told; HQ's
        receipt for the end of the run vouches for it.
        """
        record = incoming.record
        before = self._hash(record.chain, record.seq - 1) if record.seq > 1 else None
        if before is not None or record.seq == 1:
            prev = before if before is not None else incoming.prev
        else:
            prev = incoming.prev
            if prev is None:
                raise ChainGap(f"event {record.chain}:{record.seq} came without what it follows")
            values = {"chain": record.chain, "seq": record.seq, "prev": prev}
            self.connection.execute(upsert(chain_link).values(values).on_conflict_do_nothing())
        if prev is None or _linked(prev, record) != record.hash:
            raise ChainFork(f"event {record.chain}:{record.seq} does not follow ours before it")
        after = {"of": record.chain, "at": record.seq + 1}
        told = self.connection.execute(_LINK, after).scalar_one_or_none()
        if told is None:
            return
        if told != record.hash:
            raise ChainFork(f"event {record.chain}:{record.seq} is not the one before ours")
        closed = and_(chain_link.c.chain == record.chain, chain_link.c.seq == record.seq + 1)
        self.connection.execute(delete(chain_link).where(closed))

    def _compare(self, incoming: IncomingEvent, known: bytes) -> None:
        record = incoming.record
        if known != record.hash:
            raise ChainFork(f"two different events claim the place {record.chain}:{record.seq}")
        if (record.chain, record.seq) in self._fresh:
            return
        if incoming.values and _fill_in(self.connection, incoming):
            self.touched[record.stream] = None

    def _want(self, named: set[str]) -> None:
        """Remember attachments that are to be fetched."""
        if not named:
            return
        held = select(attachment.c.sha256).where(attachment.c.sha256.in_(named))
        missing = named - set(self.connection.execute(held).scalars())
        for sha256 in sorted(missing):
            wanted = upsert(wanted_attachment).values(sha256=sha256)
            self.connection.execute(wanted.on_conflict_do_nothing())


def _linked(prev: bytes, record: Record) -> bytes:
    return next_hash(prev, record.chain, record.seq, record.core, record.digests)


def _fill_in(connection: Connection, incoming: IncomingEvent) -> bool:
    """Put values in that had not arrived; tell whether any was missing."""
    filled = 0
    for name, value in incoming.values.items():
        missing = update(personal_value).where(
            personal_value.c.chain == incoming.record.chain,
            personal_value.c.seq == incoming.record.seq,
            personal_value.c.field == name,
            personal_value.c.state == Absent.NOT_ARRIVED.value,
        )
        done = connection.execute(missing.values(value=value, state=event_rows.PRESENT))
        filled += done.rowcount
    return filled > 0
