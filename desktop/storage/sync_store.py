"""The store's side of the exchange with HQ: what goes up, what came down, who we are there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.journal.records import TornRecord
from desktop.services.exchange_ports import (
    Enrolment,
    FeedPart,
    IncomingEvent,
    Receipt,
    Stuck,
    SyncStatus,
)
from desktop.services.queue_ports import Queue
from desktop.storage import erasing, outgoing, rechaining, standing, stuck_attachments, unlisted
from desktop.storage import receipts as kept_receipts
from desktop.storage.database import Database
from desktop.storage.faults import translated
from desktop.storage.feed_batch import FeedBatch
from desktop.storage.feed_preparing import NOTHING, Prepared, prepare
from desktop.storage.installation import FACT, Installation, device_key, fact, set_fact
from desktop.storage.projections import Projector
from desktop.storage.sql_journal import CLOCK_OFFSET
from desktop.storage.sync_care import WENT_ON
from desktop.storage.tables import (
    attachment,
    cursor,
    wanted_attachment,
)

_ENROLMENT = "enrolment"
#: Up to where HQ holds the own chain, by its newest courier file, when that is less than it signed.
_HQ_HOLDS = "hq_holds"
#: Events of a feed after which the log goes into the database, by the receiver: else the save that
#: happens to fill it would do that. Not more often, as whoever writes first into an emptied log
#: waits for the disk and holds the writer.
_CHECKPOINT_AFTER = 1500

#: So often a part of a feed gives up what it has written to a save that came meanwhile.
_MOST_INTERRUPTED = 3


class _Interrupted(Exception):
    """Somebody saves: what was written of a feed's part is taken back and written again."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of HQ's feed, as `accept_feed` is given it."""

    events: Sequence[IncomingEvent]
    salts: Mapping[str, bytes]
    cursor: Mapping[str, int]
    receipts: Sequence[Receipt]


class SqlSyncStore:
    """What the exchange reads and writes (exchange_ports.SyncStore)."""

    def __init__(
        self, database: Database, installation: Installation, projector: Projector
    ) -> None:
        self._database = database
        self._installation = installation
        self._projector = projector
        self._taken = 0
        self._expected = NOTHING
        #: Streams with events stored and rows to come, as they are noted in the database.
        self._unlisted: set[str] = set()
        self._device_key = b""
        #: The bytes of the enrolment as they were last read, and what they say.
        self._enrolment: tuple[object, Enrolment | None] = (None, None)

    def enrolment(self) -> Enrolment | None:
        """Return the enrolment, None before it."""
        with translated(self._database.path):
            found = self._database.one(FACT, (_ENROLMENT,))
            stored = found[0] if found else None
            before, known = self._enrolment
            if stored != before:
                known = _enrolment(stored)
                self._enrolment = stored, known
            return known

    def save_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the enrolment."""
        with self._database.write() as connection:
            _save_enrolment(connection, enrolment)

    def chain(self) -> str:
        """Return the id of this installation's chain."""
        return self._installation.chain

    def device_key(self) -> bytes:
        """Return the device's Ed25519 private key (32 bytes), made at the first call."""
        self._device_key = self._device_key or device_key(self._database)
        return self._device_key

    def status(self) -> SyncStatus:
        """Return where the exchange stands."""
        self._installation.chain, status = standing.read(self._database)
        return status

    def queue(self, after_seq: int, limit: int) -> Queue:
        """Return own events after `after_seq`, in order."""
        with self._database.read() as connection:
            return outgoing.read(connection, self._installation.chain, after_seq, limit)

    def salts(self, streams: Iterable[str]) -> Mapping[str, bytes]:
        """Return the salts under which our own chain digests values of these streams."""
        with self._database.read() as connection:
            return outgoing.salts(connection, self._installation.chain, streams)

    def accept_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt and mark what it covers as uploaded.

        Raises ChainFork when it names another event than ours, or one that we do not have.
        """
        with self._database.write() as connection:
            kept_receipts.check(connection, receipt)
            kept_receipts.add(connection, receipt)

    def expect_feed(self, events: Sequence[IncomingEvent]) -> None:
        """Work out what `events` make, before `accept_feed` takes them in parts.

        Each stream is folded once for all its events among them; () when all are taken. Makes the
        rows of what was expected before and did not come.
        """
        if self._unlisted:
            unlisted.list_all(self._database, self._projector)
            self._unlisted = set()
        self._expected = self._prepared(events)

    def saved_lately(self) -> bool:
        """Tell whether somebody here is at work, whose saves should not wait."""
        return self._database.saved_lately()

    def give_way(self) -> None:
        """Wait, a moment at most, while somebody here saves."""
        self._database.give_way()

    def accept_feed(
        self,
        events: Sequence[IncomingEvent],
        salts: Mapping[str, bytes],
        cursor: Mapping[str, int],
        receipts: Sequence[Receipt] = (),
    ) -> int:
        """Store events of other chains, update projections and the cursor; return how many new.

        All of it is one transaction. The row of a stream of which `expect_feed` named more waits
        for its last event. Known events are skipped, values that had not arrived are
        filled in. `receipts` are HQ's for the ends of the runs. Raises ChainFork for a different
        event in a known place and ChainGap when one before it is missing, unless the chain is one
        that comes in part.
        """
        self._database.give_way()
        expected = bool(self._expected.entries) and self._expected.covers(events)
        prepared = self._expected if expected else self._prepared(events)
        part = _Part(events, salts, cursor, receipts)
        for _ in range(_MOST_INTERRUPTED):
            self._database.give_way()
            try:
                new = self._stored(part, prepared, self._look_up)
                break
            except _Interrupted:
                continue
        else:
            new = self._stored(part, prepared, lambda: None)
        self._taken += new
        if self._taken >= _CHECKPOINT_AFTER:
            self._taken = 0
            self._database.checkpoint()
        return new

    def _look_up(self) -> None:
        if self._database.saving():
            raise _Interrupted

    def _stored(self, part: _Part, prepared: Prepared, between: Callable[[], object]) -> int:
        """Store a part of a feed in one transaction; `between` may raise, then nothing is kept."""
        # HQ holds all of it, and what a power cut takes away it takes with the cursor.
        with self._database.write(lasting=False) as connection:
            batch = FeedBatch(connection, part.salts, prepared.entries)
            for incoming in part.events:
                batch.take(incoming)
            between()
            batch.finish()
            between()
            erasing.erase(connection, batch.touched)
            made, awaited = prepared.holding(connection, batch.touched)
            between()
            self._projector.write(connection, made, between)
            left = [s for s in batch.touched if s not in made and s not in awaited]
            if left:
                self._projector.project_stored(connection, left)
            waiting = (self._unlisted | awaited).difference(made, left)
            if waiting != self._unlisted:
                unlisted.note(connection, waiting)
            for given in part.receipts:
                kept_receipts.check(connection, given)
                kept_receipts.keep_last(connection, given)
            _set_cursor(connection, part.cursor)
        self._unlisted = waiting
        return len(batch.entries)

    def _prepared(self, events: Sequence[IncomingEvent]) -> Prepared:
        if not events:
            return NOTHING
        with self._database.read() as connection:
            return prepare(connection, self._projector, events, self._database.give_way)

    def move_on(self, new: str, common: int, theirs: FeedPart, enrolment: Enrolment) -> None:
        """Go on under the chain `new`: own events after `common` move there, HQ's come in.

        All of it is one transaction. Raises ChainFork and ChainGap when HQ's do not follow.
        """
        with self._database.write() as connection:
            old = self._installation.follow(connection)
            touched = rechaining.move(connection, old, new, common)
            set_fact(connection, "chain", new.encode())
            _save_enrolment(connection, enrolment)
            batch = FeedBatch(connection, theirs.salts)
            for incoming in theirs.events:
                batch.take(incoming)
            batch.finish()
            for given in theirs.receipts:
                kept_receipts.check(connection, given)
                kept_receipts.keep_last(connection, given)
            went_on = {"old": old, "new": new, "letter": enrolment.letter, "moved": len(touched)}
            set_fact(connection, WENT_ON, json.dumps(went_on).encode())
            self._installation.chain = new
            both = {**dict.fromkeys(touched), **batch.touched}
            self._projector.project_stored(connection, both)

    def pending_attachments(
        self, limit: int, after: str = "", now: datetime | None = None
    ) -> Sequence[str]:
        """Return SHA-256 of attachments that HQ has not acknowledged, in order, after `after`.

        What HQ refused twice in a row rests for the hour before `now`: it is left out.
        """
        with self._database.read() as connection:
            return stuck_attachments.pending(connection, limit, after, now)

    def pending_bytes(self, now: datetime | None = None) -> int:
        """Return how many bytes the attachments have that `pending_attachments` names."""
        with self._database.read() as connection:
            return stuck_attachments.pending_bytes(connection, now)

    def attachment_stuck(self, sha256: str, stuck: Stuck, at: datetime) -> None:
        """Note why an attachment did not go, until it is acknowledged."""
        with self._database.write() as connection:
            stuck_attachments.note(connection, sha256, stuck, at)

    def attachment_acknowledged(self, sha256: str) -> None:
        """Mark an attachment as held by HQ."""
        with self._database.write() as connection:
            _held(connection, sha256)

    def wanted_attachments(self, limit: int, after: str = "") -> Sequence[str]:
        """Return SHA-256 of attachments that events name and that are not here, in order."""
        name = wanted_attachment.c.sha256
        rows = select(name).where(name > after).order_by(name).limit(limit)
        with self._database.read() as connection:
            return tuple(connection.execute(rows).scalars())

    def attachment_arrived(self, sha256: str) -> None:
        """Mark an attachment as fetched; HQ holds it, so it is not sent up again."""
        with self._database.write() as connection:
            connection.execute(
                delete(wanted_attachment).where(wanted_attachment.c.sha256 == sha256)
            )
            _held(connection, sha256)

    def clock_offset_ms(self) -> int | None:
        """Return HQ's clock minus ours at the last exchange, None before it."""
        with self._database.read() as connection:
            found = fact(connection, CLOCK_OFFSET)
        return int(found) if found else None

    def hq_holds(self) -> int | None:
        """Return up to where HQ holds our chain, if its last courier file told of a loss there."""
        with self._database.read() as connection:
            found = fact(connection, _HQ_HOLDS)
        return int(found) if found else None

    def set_hq_holds(self, seq: int | None) -> None:
        """Remember that HQ lost what it had signed after `seq`; None when it holds it again."""
        with self._database.write() as connection:
            set_fact(connection, _HQ_HOLDS, b"" if seq is None else str(seq).encode())

    def set_clock_offset(self, offset_ms: int) -> None:
        """Remember HQ's clock minus ours, written into later events."""
        with self._database.write() as connection:
            set_fact(connection, CLOCK_OFFSET, str(offset_ms).encode())


def _held(connection: Connection, sha256: str) -> None:
    """Mark an attachment as held by HQ: nothing about it is left to tell."""
    held = update(attachment).where(attachment.c.sha256 == sha256).values(acked=True)
    connection.execute(held)
    stuck_attachments.forget(connection, sha256)


def _save_enrolment(connection: Connection, enrolment: Enrolment) -> None:
    known = {name: getattr(enrolment, name) for name in Enrolment.__dataclass_fields__}
    stored = json.dumps({**known, "hq_key": enrolment.hq_key.hex()}).encode()
    set_fact(connection, _ENROLMENT, stored)


def load_enrolment(connection: Connection) -> Enrolment | None:
    """Return the enrolment, None before it; raises TornRecord when it was altered."""
    return _enrolment(fact(connection, _ENROLMENT))


def _enrolment(stored: object) -> Enrolment | None:
    if stored is None:
        return None
    try:
        if not isinstance(stored, bytes):
            raise TypeError("no bytes")
        known = json.loads(stored)
        return Enrolment(**{**known, "hq_key": bytes.fromhex(known["hq_key"])})
    except (ValueError, TypeError, KeyError) as error:
        raise TornRecord(f"the installation's own fact 'enrolment' was altered: {error}") from error


def _set_cursor(connection: Connection, positions: Mapping[str, int]) -> None:
    for store, position in positions.items():
        statement = upsert(cursor).values(store=store, position=position)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[cursor.c.store], set_={"position": position}
            )
        )
