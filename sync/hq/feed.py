"""Giving a device what happened in its stores since its cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, text

from desktop.journal.chain import GENESIS
from desktop.journal.records import Record
from sync import protocol
from sync.hq.enrolment import Device

_POSITIONS: Final = text("SELECT id, feed_position FROM store WHERE id = ANY(:stores) ORDER BY id")
_NEXT: Final = text("""
    SELECT f.position, f.home, f.chain, f.seq, e.stream, e.core, e.digests,
           octet_length(e.core) + COALESCE((
               SELECT sum(octet_length(v.value)) FROM personal_value v
               WHERE v.home = f.home AND v.chain = f.chain AND v.seq = f.seq), 0) AS size
    FROM feed f JOIN event e ON e.home = f.home AND e.chain = f.chain AND e.seq = f.seq
    WHERE f.store = :store AND f.position > :after AND f.position <= :upto AND f.chain <> :own
    ORDER BY f.position LIMIT :limit
""")
_PREVIOUS: Final = text(
    "SELECT hash FROM event WHERE home = :home AND chain = :chain AND seq = :seq"
)
_VALUES: Final = text("""
    SELECT chain, seq, field, value FROM personal_value
    JOIN unnest(CAST(:homes AS text[]), CAST(:chains AS text[]), CAST(:seqs AS bigint[]))
         AS wanted(home, chain, seq) USING (home, chain, seq)
""")
_SALTS: Final = text("SELECT stream, chain, salt FROM salt WHERE stream = ANY(:streams)")


@dataclass(slots=True)
class Feed:
    """What goes down in one answer."""

    runs: list[protocol.FeedRun] = field(default_factory=list)
    salts: dict[str, bytes] = field(default_factory=dict)
    cursor: dict[str, int] = field(default_factory=dict)
    more: bool = False


def after(connection: Connection, device: Device, cursor: Mapping[str, int], limit: int) -> Feed:
    """Return the events of the device's stores after its cursor, its own chain left out.

    A position is given out under its store's lock and read here before the rows up to it, so all
    of these are there and none is skipped.
    """
    feed = Feed()
    rows: list[Any] = []
    positions = connection.execute(_POSITIONS, {"stores": list(device.stores)}).all()
    for place in positions:
        seen = min(cursor.get(place.id, 0), place.feed_position)
        if seen == place.feed_position and place.id in cursor:
            if cursor[place.id] != seen:
                feed.cursor[place.id] = seen
            continue
        if len(rows) >= limit:
            feed.more = True
            break
        found = _next(connection, device, (place.id, seen, place.feed_position), limit - len(rows))
        rows.extend(found.rows)
        feed.cursor[place.id] = found.reached
        feed.more = feed.more or found.reached < place.feed_position
    if rows:
        _fill(connection, feed, rows)
    return feed


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one store and the position up to which nothing else is missing."""

    rows: Sequence[Any]
    reached: int


def _next(connection: Connection, device: Device, place: tuple[str, int, int], limit: int) -> _Part:
    """Return the next rows of a (store, after, up to), at most `limit` and a batch's bytes."""
    store, seen, upto = place
    wanted = {"store": store, "after": seen, "upto": upto, "own": device.chain, "limit": limit}
    rows = connection.execute(_NEXT, wanted).all()
    size = 0
    for count, row in enumerate(rows, 1):
        size += row.size
        if size > protocol.BATCH_BYTES:
            return _Part(rows[:count], row.position)
    return _Part(rows, upto if len(rows) < limit else rows[-1].position)


def _fill(connection: Connection, feed: Feed, rows: Sequence[Any]) -> None:
    """Make runs of the rows, with their values beside them."""
    places = {"homes": [r.home for r in rows], "chains": [r.chain for r in rows]}
    stored = connection.execute(_VALUES, {**places, "seqs": [r.seq for r in rows]})
    values: dict[tuple[str, int], dict[str, bytes | None]] = {}
    for v in stored:
        values.setdefault((v.chain, v.seq), {})[v.field] = v.value
    for run in _runs(rows):
        first = run[0]
        sent = tuple(_wire(row, values) for row in run)
        feed.runs.append(protocol.FeedRun(first.chain, first.seq, _prev(connection, first), sent))
    streams = {row.stream: row.chain for row in rows}
    for row in connection.execute(_SALTS, {"streams": list(streams)}):
        if row.stream not in feed.salts or row.chain == streams[row.stream]:
            feed.salts[row.stream] = row.salt


def _runs(rows: Sequence[Any]) -> list[list[Any]]:
    runs: list[list[Any]] = []
    for row in rows:
        if runs and runs[-1][-1].chain == row.chain and runs[-1][-1].seq + 1 == row.seq:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _prev(connection: Connection, first: Any) -> bytes:
    if first.seq == 1:
        return GENESIS
    before = {"home": first.home, "chain": first.chain, "seq": first.seq - 1}
    found: bytes = connection.execute(_PREVIOUS, before).scalar_one()
    return found


def _wire(
    row: Any, values: Mapping[tuple[str, int], dict[str, bytes | None]]
) -> protocol.WireEvent:
    record = Record(row.chain, row.seq, row.stream, row.core, row.digests, b"")
    known = values.get((row.chain, row.seq), {})
    texts = {n: v.decode(errors="replace") for n, v in known.items() if v is not None}
    return protocol.wire_event(record, texts)
