"""Own events on their way up: cut into batches, checked against their hashes, never re-made."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from desktop.journal import digests, records
from desktop.journal.chain import GENESIS, next_hashes
from desktop.services.exchange_ports import ExchangeFailure, SyncStatus, SyncStore
from desktop.services.phone_ports import EnvelopeStore
from desktop.services.queue_ports import Queue
from sync import protocol
from sync.client.transport import Failed


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that follow `first_seq` - 1, whose last hash is `head`."""

    first_seq: int
    head: bytes
    events: tuple[protocol.WireEvent, ...] = ()
    salts: dict[str, bytes] = field(default_factory=dict)

    @property
    def last_seq(self) -> int:
        """The place of the last event, `first_seq` - 1 when there is none."""
        return self.first_seq + len(self.events) - 1


def next_batch(
    store: SyncStore, after_seq: int, limit: int, head: bytes = b"", *, checked: bool = True
) -> Batch:
    """Return the next own events; raises Failed when the store's own chain does not hold.

    `head` is the hash of event `after_seq`, empty when it has yet to be looked up. Without
    `checked` only their order is looked at: HQ works every hash out as well, and what it does not
    take is looked for by `check` then. That is a fifth of this PC's share of a long upload.
    """
    with _no_collection():
        head = head or hash_at(store, after_seq)
        if limit == 0:
            return Batch(after_seq + 1, head)
        chain, queue = store.chain(), store.queue(after_seq, limit)
        _check_order(chain, after_seq, queue)
        if checked:
            _check_bytes(chain, after_seq, head, queue)
        count = _fitting(queue)
        if not count:
            return Batch(after_seq + 1, head)
        events = _events(queue, count)
        filed = {queue.streams[seq - after_seq - 1] for seq in queue.personal}
        salts = dict(store.salts(filed)) if filed else {}
        return Batch(after_seq + 1, queue.hashes[count - 1], events, salts)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Make a batch without looking for garbage: thousands of rows that live for a moment.

    The search takes a third of the time otherwise, for nothing: there are no cycles among them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def hash_at(store: SyncStore, seq: int) -> bytes:
    """Return the hash of an own event; of the empty chain for 0. Raises Failed."""
    if seq == 0:
        return GENESIS
    status = store.status()
    if seq == status.seq:
        return status.head
    found = store.queue(seq - 1, 1)
    if list(found.seqs) != [seq]:
        raise Failed(ExchangeFailure("fork", f"{store.chain()}:{seq}: the event is not here"))
    return found.hashes[0]


def check(store: SyncStore, after_seq: int, limit: int) -> None:
    """Look at own events that were sent unchecked, `limit` at a time; raises Failed."""
    head = hash_at(store, after_seq)
    while (batch := next_batch(store, after_seq, limit, head)).events:
        after_seq, head = batch.last_seq, batch.head


def _check_order(chain: str, after_seq: int, queue: Queue) -> None:
    """Make sure that no event is missing."""
    for seq, found in enumerate(queue.seqs, after_seq + 1):
        if found != seq:
            raise Failed(ExchangeFailure("fork", f"{chain}:{seq}: the event is not here"))


def _check_bytes(chain: str, after_seq: int, head: bytes, queue: Queue) -> None:
    """Make sure that the bytes of events still make their hashes."""
    stored = zip(queue.cores, queue.digests, strict=True)
    for seq, made, kept in zip(
        queue.seqs, next_hashes(head, chain, after_seq + 1, stored), queue.hashes, strict=True
    ):
        if made != kept:
            place = f"{chain}:{seq}"
            detail = f"{place}: its bytes are not those that were written"
            raise Failed(ExchangeFailure("fork", detail))


def _fitting(queue: Queue) -> int:
    """Return how many events go into one batch: one that exceeds the bytes ends it."""
    texts = [text for told in queue.personal.values() for text in told.values() if text]
    # No character takes more than four bytes; nearly every queue fits by that count.
    if sum(map(len, queue.cores)) + 4 * sum(map(len, texts)) <= protocol.BATCH_BYTES:
        return len(queue.seqs)
    size = 0
    for count, (seq, core) in enumerate(zip(queue.seqs, queue.cores, strict=True), 1):
        size += len(core)
        if seq in queue.personal:
            size += sum(len(value.encode()) for value in queue.personal[seq].values() if value)
        if size > protocol.BATCH_BYTES:
            return count
    return len(queue.seqs)


def _events(queue: Queue, count: int) -> tuple[protocol.WireEvent, ...]:
    plain = protocol.WireEvent
    personal = queue.personal
    columns = zip(queue.seqs[:count], queue.cores, queue.digests, strict=False)
    return tuple(
        plain(core) if not run else _personal(core, run, personal.get(seq, {}))
        for seq, core, run in columns
    )


def _personal(core: bytes, run: bytes, values: Mapping[str, str | None]) -> protocol.WireEvent:
    """Return an event as it is sent: texts as they are, digests where there is no text."""
    texts: tuple[str | None, ...] = tuple(values.values())
    if len(texts) * digests.DIGEST_BYTES != len(run):
        try:
            texts = tuple(values.get(name) for name in records.personal_fields(core))
        except records.TornRecord:
            return protocol.WireEvent(core, (), run)
    if None not in texts:
        return protocol.WireEvent(core, texts)
    runs = zip(texts, digests.split(run), strict=True)
    return protocol.WireEvent(core, texts, b"".join(one for text, one in runs if text is None))


#: Events asked for while somebody works here: reading a longer answer cannot be interrupted.
_WANTED_BUSY: Final = 400


@lru_cache(maxsize=1)
def _signature(key: bytes, message: bytes) -> bytes:
    """Sign a head; trips without news tell the same one again and again."""
    return protocol.sign(key, message)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and what HQ is told of this PC beside the events; signs each batch's head."""

    chain: str
    key: bytes
    status: SyncStatus
    envelopes: int
    want: int = protocol.MAX_EVENTS

    @classmethod
    def of(
        cls, store: SyncStore, phone: EnvelopeStore | None, status: SyncStatus | None = None
    ) -> Sender:
        """Return what the store says now."""
        known = -1 if phone is None else phone.cursor()
        want = _WANTED_BUSY if store.saved_lately() else protocol.MAX_EVENTS
        return cls(store.chain(), store.device_key(), status or store.status(), known, want)

    def request(self, batch: Batch, at: datetime) -> protocol.SyncRequest:
        """Return the message that carries a batch."""
        message = protocol.head_message(self.chain, batch.last_seq, batch.head)
        return protocol.SyncRequest(
            version=protocol.VERSION,
            chain=self.chain,
            # Events may have been written since the status was taken.
            seq=max(self.status.seq, batch.last_seq),
            acked=self.status.acked_seq,
            first_seq=batch.first_seq,
            head=batch.head,
            signature=_signature(self.key, message),
            at=protocol.milliseconds(at),
            cursor=dict(self.status.cursor),
            events=batch.events,
            salts=batch.salts,
            envelopes=self.envelopes,
            want=self.want,
        )
