"""Reading stored events back: a stream for folding, a chain for checking."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from desktop.domain.events import Absent, Event, PersonalValue
from desktop.journal import records
from desktop.journal.chain import StoredEvent
from desktop.journal.records import Record, TornRecord
from sync.hq.copying import NOT_ARRIVED

_COLUMNS: Final = "e.chain, e.seq, e.stream, e.core, e.digests, e.hash, e.personal"
#: The events `e` of streams. OFFSET 0 has each run looked up by itself: for a join by a range of
#: numbers PostgreSQL may compare every run of a chain with all of its events.
OF_STREAMS: Final = """
    event b CROSS JOIN LATERAL (
        SELECT * FROM event WHERE home = b.home AND chain = b.chain
            AND seq BETWEEN b.seq AND b.seq + b.run - 1 OFFSET 0
    ) e WHERE b.stream = ANY(:streams) AND b.run > 0
"""
_STREAMS: Final = text(
    f"SELECT {_COLUMNS} FROM {OF_STREAMS}"  # noqa: S608 - constants
    " AND e.refused IS NULL ORDER BY e.stream, e.chain, e.seq"
)
_CHAIN: Final = text(
    f"SELECT {_COLUMNS}, s.salt FROM event e"  # noqa: S608 - constants
    " LEFT JOIN salt s ON s.stream = e.stream AND s.chain = e.chain"
    " WHERE e.home = :home AND e.chain = :chain AND e.seq > :after ORDER BY e.seq"
)
_NAMES: Final = text(
    f"SELECT {_COLUMNS} FROM {OF_STREAMS}"  # noqa: S608 - constants
    " AND e.personal IS NOT NULL AND e.refused IS NULL ORDER BY e.received_at"
)


def of_streams(connection: Connection, streams: Sequence[str]) -> dict[str, list[StoredEvent]]:
    """Return the events of each stream that HQ acts on."""
    rows = connection.execute(_STREAMS, {"streams": list(streams)})
    found: dict[str, list[StoredEvent]] = {name: [] for name in streams}
    for row in rows:
        found[row.stream].append(_stored(row))
    return found


def events(connection: Connection, stream: str) -> list[Event]:
    """Return the events of one stream; raises TornRecord."""
    return [
        records.decode(stored.record, stored.values)
        for stored in of_streams(connection, [stream])[stream]
    ]


def names(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return the names of people as their own streams last told them."""
    rows = connection.execute(_NAMES, {"streams": list(people)})
    found = ((row.stream, _values(row).get("name")) for row in rows)
    return {stream: name for stream, name in found if isinstance(name, str)}


def of_chain(
    connection: Connection, home: str, chain: str, after: int = 0
) -> Generator[StoredEvent, None, None]:
    """Yield a chain after a place in order without holding it in memory; close it when done."""
    streaming = connection.execution_options(stream_results=True, yield_per=500)
    with streaming.execute(_CHAIN, {"home": home, "chain": chain, "after": after}) as rows:
        for row in rows:
            yield _stored(row, row.salt)


def _stored(row: Any, salt: bytes | None = None) -> StoredEvent:
    record = Record(row.chain, row.seq, row.stream, row.core, row.digests, row.hash)
    return StoredEvent(record, salt, _values(row) if row.personal else {})


def _values(row: Any) -> dict[str, PersonalValue]:
    """Return personal values by field; one that no field names goes by its place."""
    try:
        names = records.parse_head(row.core).f
    except TornRecord:
        names = ()
    places = (str(place) for place in range(len(names), len(row.personal)))
    return {
        name: _value(stored) for name, stored in zip((*names, *places), row.personal, strict=False)
    }


def _value(stored: bytes | None) -> PersonalValue:
    if stored is None:
        return Absent.ERASED
    return Absent.NOT_ARRIVED if stored == NOT_ARRIVED else stored.decode(errors="replace")
