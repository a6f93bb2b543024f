"""Reading stored events back: a stream for folding, a chain for checking."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, text

from desktop.domain.events import Absent, Event, PersonalValue
from desktop.journal import records
from desktop.journal.chain import StoredEvent
from desktop.journal.records import Record

_COLUMNS: Final = (
    "e.home, e.chain, e.seq, e.stream, e.core, e.digests, e.hash, v.field, v.value, v.state"
)
_VALUES: Final = (
    "LEFT JOIN personal_value v ON v.home = e.home AND v.chain = e.chain AND v.seq = e.seq"
)
_STREAMS: Final = text(
    f"SELECT {_COLUMNS} FROM event e {_VALUES}"  # noqa: S608 - constants
    " WHERE e.stream = ANY(:streams) AND e.refused IS NULL ORDER BY e.stream, e.chain, e.seq"
)
_CHAIN: Final = text(
    f"SELECT {_COLUMNS}, s.salt FROM event e {_VALUES}"  # noqa: S608 - constants
    " LEFT JOIN salt s ON s.stream = e.stream AND s.chain = e.chain"
    " WHERE e.home = :home AND e.chain = :chain ORDER BY e.seq"
)
_NAMES: Final = text(
    f"SELECT e.stream, v.value FROM event e {_VALUES}"  # noqa: S608 - constants
    " WHERE e.stream = ANY(:people) AND v.field = 'name' AND v.value IS NOT NULL"
    " AND e.refused IS NULL ORDER BY e.received_at"
)


def of_streams(connection: Connection, streams: Sequence[str]) -> dict[str, list[StoredEvent]]:
    """Return the events of each stream that HQ acts on."""
    rows = connection.execute(_STREAMS, {"streams": list(streams)})
    found: dict[str, list[StoredEvent]] = {name: [] for name in streams}
    for stored in _gather(rows):
        found[stored.record.stream].append(stored)
    return found


def events(connection: Connection, stream: str) -> list[Event]:
    """Return the events of one stream; raises TornRecord."""
    return [
        records.decode(stored.record, stored.values)
        for stored in of_streams(connection, [stream])[stream]
    ]


def names(connection: Connection, people: Iterable[str]) -> dict[str, str]:
    """Return the names of people as their own streams last told them."""
    rows = connection.execute(_NAMES, {"people": list(people)})
    return {row.stream: row.value.decode(errors="replace") for row in rows}


def of_chain(connection: Connection, home: str, chain: str) -> Generator[StoredEvent, None, None]:
    """Yield a whole chain in order without holding it in memory; close it when done."""
    streaming = connection.execution_options(stream_results=True, yield_per=2000)
    with streaming.execute(_CHAIN, {"home": home, "chain": chain}) as rows:
        yield from _gather(rows)


def _gather(rows: Iterable[Any]) -> Iterator[StoredEvent]:
    """Make one stored event of its rows, one a personal value."""
    for _, group in groupby(rows, key=lambda row: (row.chain, row.seq)):
        lines = list(group)
        first = lines[0]
        record = Record(first.chain, first.seq, first.stream, first.core, first.digests, first.hash)
        values = {i.field: _value(i.value, i.state) for i in lines if i.field is not None}
        yield StoredEvent(record, getattr(first, "salt", None), values)


def _value(stored: bytes | None, state: str | None) -> PersonalValue:
    if stored is not None:
        return stored.decode(errors="replace")
    return Absent.NOT_ARRIVED if state == Absent.NOT_ARRIVED.value else Absent.ERASED
