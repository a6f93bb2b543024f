"""Giving a device what happened in its stores since its cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, text

from desktop.journal import digests
from desktop.journal.chain import GENESIS, next_hashes
from desktop.journal.records import Record
from desktop.services.exchange_ports import Receipt
from sync import protocol
from sync.hq import database
from sync.hq.copying import NOT_ARRIVED
from sync.hq.database import Texts
from sync.hq.enrolment import REGION, Device
from sync.hq.keys import SigningKey

#: Begins the ids of the chains that HQ itself writes.
OWN: Final = "hq-"
_POSITIONS: Final = "SELECT id, feed_position FROM store WHERE id = ANY(%(stores)s) ORDER BY id"
_NEXT: Final = text("""
    SELECT position, home, chain, first_seq, events FROM feed
    WHERE store = :store AND position > :after AND position - events < :upto AND chain <> :own
    ORDER BY position LIMIT :limit
""")
#: Events of ranges, with their places in the feed, as many as fit a batch's bytes but one at least.
_EVENTS: Final = text("""
    WITH wanted AS (
        SELECT r.ord, r.home, r.chain, e.seq, r.position + e.seq - r.low AS position, e.stream,
               octet_length(e.core) + octet_length(e.digests) + CASE
                   WHEN e.personal IS NULL THEN 0
                   ELSE (SELECT coalesce(sum(octet_length(v)), 0) FROM unnest(e.personal) AS v)
               END AS size
        FROM unnest(CAST(:homes AS text[]), CAST(:chains AS text[]), CAST(:lows AS bigint[]),
                    CAST(:highs AS bigint[]), CAST(:positions AS bigint[]))
             WITH ORDINALITY AS r(home, chain, low, high, position, ord)
        JOIN event e ON e.home = r.home AND e.chain = r.chain AND e.seq BETWEEN r.low AND r.high
    ), summed AS (
        SELECT *, sum(size) OVER (ORDER BY ord, seq) - size AS before FROM wanted
    )
    SELECT s.ord, s.home, s.chain, s.seq, s.position, s.stream, e.core, e.digests,
           e.personal
    FROM summed s JOIN event e ON e.home = s.home AND e.chain = s.chain AND e.seq = s.seq
    WHERE s.before < :bytes ORDER BY s.ord, s.seq
""")
_PREVIOUS: Final = text(
    "SELECT hash FROM event WHERE home = :home AND chain = :chain AND seq = :seq"
)
#: Never waits: who holds the chain writes on it, and waits in turn for the store that we may hold.
#: What is not noted then is noted with the next answer that tells of the chain.
_RECEIPT_IF_FREE: Final = """
    WITH free AS (SELECT id FROM chain WHERE id = %(chain)s FOR UPDATE SKIP LOCKED),
    kept AS (
        INSERT INTO receipt (home, chain, seq, head, signed_at, signature)
        SELECT %(home)s, id, %(seq)s, %(head)s, %(at)s, %(signature)s FROM free
        ON CONFLICT DO NOTHING RETURNING chain
    )
    UPDATE chain SET receipts = receipts + 1 FROM kept WHERE chain.id = kept.chain
"""
_SALTS: Final = text("SELECT stream, chain, salt FROM salt WHERE stream = ANY(:streams)")


@dataclass(slots=True)
class Feed:
    """What goes down in one answer."""

    runs: list[protocol.FeedRun] = field(default_factory=list)
    salts: dict[str, bytes] = field(default_factory=dict)
    cursor: dict[str, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """Events of one chain that follow each other; `position` is the first one's place."""

    home: str
    chain: str
    low: int
    high: int
    position: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one answer and signs what goes down with HQ's key."""

    connection: Connection
    key: SigningKey
    now: datetime

    def after(self, device: Device, cursor: Mapping[str, int], limit: int) -> Feed:
        """Return the events of the device's stores after its cursor, its own chain left out.

        A position is given out under its store's lock and read here before the rows up to it, so
        all of these are there and none is skipped.
        """
        feed = Feed()
        found = 0
        wanted = {"stores": Texts(device.stores)}
        for store, position in database.run(self.connection, _POSITIONS, wanted).fetchall():
            seen = min(cursor.get(store, 0), position)
            if seen == position and store in cursor:
                if cursor[store] != seen:
                    feed.cursor[store] = seen
                continue
            if found >= limit:
                feed.more = True
                break
            span = (store, seen, position)
            rows, reached = self._next(device, span, limit - found)
            taken = self.add(feed, rows)
            if taken < len(rows):
                # One answer names one salt a stream: what was digested under another comes next.
                reached = rows[taken - 1].position if taken else seen
            found += taken
            feed.cursor[store] = reached
            feed.more = feed.more or reached < position
            if taken < len(rows):
                break
        return feed

    def _next(
        self, device: Device, span: tuple[str, int, int], limit: int
    ) -> tuple[Sequence[Any], int]:
        """Return the next events of a (store, after, up to), and where nothing is missing."""
        store, seen, upto = span
        wanted = {"store": store, "after": seen, "upto": upto, "own": device.chain, "limit": limit}
        ranges: list[Range] = []
        count = 0
        for row in self.connection.execute(_NEXT, wanted):
            skipped = max(0, seen - (row.position - row.events))
            low, first = row.first_seq + skipped, row.position - row.events + 1 + skipped
            taken = min(row.position - first + 1, limit - count)
            if taken <= 0:
                break
            ranges.append(Range(row.home, row.chain, low, low + taken - 1, first))
            count += taken
        rows = self.events(ranges)
        if len(rows) < count or count >= limit:
            return rows, rows[-1].position if rows else upto
        return rows, upto

    def events(self, ranges: Sequence[Range]) -> Sequence[Any]:
        """Return the stored events of ranges, at most a batch's bytes, the first in any case."""
        if not ranges:
            return ()
        wanted = {
            "homes": [r.home for r in ranges],
            "chains": [r.chain for r in ranges],
            "lows": [r.low for r in ranges],
            "highs": [r.high for r in ranges],
            "positions": [r.position for r in ranges],
            "bytes": protocol.BATCH_BYTES,
        }
        return self.connection.execute(_EVENTS, wanted).all()

    def add(self, feed: Feed, rows: Sequence[Any]) -> int:
        """Make runs of the rows, with their values beside them, each countersigned.

        Returns how many rows went in: up to one whose chain digests under another salt than the
        answer names for its stream. Into an empty answer goes at least one.
        """
        if not rows:
            return 0
        taken = self._salted(feed, rows)
        for run in _runs(rows[:taken]):
            feed.runs.append(self._run(run))
        return taken

    def _salted(self, feed: Feed, rows: Sequence[Any]) -> int:
        """Name the streams' salts; return how many rows, from the first on, these are right for.

        PCs that write of a complaint before they have heard of each other make salts of their own.
        """
        known: dict[str, dict[str, bytes]] = {}
        wanted = {"streams": list({row.stream for row in rows})}
        for row in self.connection.execute(_SALTS, wanted):
            known.setdefault(row.stream, {})[row.chain] = row.salt
        for place, row in enumerate(rows):
            of_stream = known.get(row.stream)
            if not of_stream:
                continue
            own = of_stream.get(row.chain)
            if own is None:  # nothing personal of this chain: any is as good
                feed.salts.setdefault(row.stream, next(iter(of_stream.values())))
            elif feed.salts.setdefault(row.stream, own) != own:
                return place
        return len(rows)

    def _run(self, run: Sequence[Any]) -> protocol.FeedRun:
        """Chain the run from the hash before it; what is signed is what these bytes make."""
        first, last = run[0], run[-1]
        prev = self._prev(first)
        stored = ((row.core, row.digests) for row in run)
        head = next_hashes(prev, first.chain, first.seq, stored)[-1]
        signed = self.key.countersign(first.chain, last.seq, head, self.now)
        if first.chain.startswith(OWN):
            # What HQ wrote itself is held to what stores were told of it.
            self._keep(first.home, signed)
        at = protocol.milliseconds(signed.signed_at)
        return protocol.FeedRun(
            chain=first.chain,
            first_seq=first.seq,
            prev=prev,
            events=tuple(_wire(row) for row in run),
            receipt=protocol.WireReceipt(signed.seq, signed.head, at, signed.signature),
            gaps=first.home.startswith(REGION),
        )

    def _keep(self, home: str, given: Receipt) -> None:
        told = {"home": home, "chain": given.chain, "seq": given.seq, "head": given.head}
        signed = {"at": given.signed_at, "signature": given.signature}
        database.run(self.connection, _RECEIPT_IF_FREE, told | signed)

    def _prev(self, first: Any) -> bytes:
        if first.seq == 1:
            return GENESIS
        before = {"home": first.home, "chain": first.chain, "seq": first.seq - 1}
        found: bytes = self.connection.execute(_PREVIOUS, before).scalar_one()
        return found


def _runs(rows: Sequence[Any]) -> list[list[Any]]:
    """Cut rows where the next one does not follow on its chain."""
    ordered = enumerate(rows)
    return [
        [row for _, row in group]
        for _, group in groupby(ordered, key=lambda item: (item[1].chain, item[1].seq - item[0]))
    ]


def _wire(row: Any) -> protocol.WireEvent:
    """Return an event as it goes down: texts as they are, digests where there is no text."""
    if not row.digests:
        return protocol.WireEvent(row.core)
    texts = tuple(
        None if stored is None or stored == NOT_ARRIVED else stored.decode(errors="replace")
        for stored in row.personal or ()
    )
    runs = digests.split(row.digests)
    if not texts or len(texts) != len(runs):
        return protocol.wire_event(Record(row.chain, row.seq, "", row.core, row.digests, b""), {})
    kept = b"".join(run for text, run in zip(texts, runs, strict=True) if text is None)
    return protocol.WireEvent(row.core, texts, kept)
