"""What a feed will change, worked out before the database's one writer is taken.

Folding tickets, making their rows and what reports count takes ten times as long as writing them;
saves at the counter must not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from desktop.domain.events import Absent, Event
from desktop.journal.chain import ERASURE
from desktop.journal.records import TornRecord, decode, personal_fields
from desktop.services.exchange_ports import IncomingEvent
from desktop.storage import event_rows
from desktop.storage.event_rows import Entry
from desktop.storage.projections import Made, Projector, Unmade
from desktop.storage.tables import event

_COUNTED: Final = (
    select(event.c.stream, func.count())
    .where(event.c.stream.in_(bindparam("of", expanding=True)))
    .group_by(event.c.stream)
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The events of a feed read once, and for each stream what all its events make.

    `sizes` says how many events a stream was expected to have: with another number somebody saved
    meanwhile, and what was made of it no longer holds.
    """

    entries: Mapping[tuple[str, int], Entry]
    made: Mapping[str, Made | Unmade]
    sizes: Mapping[str, int]

    def covers(self, events: Iterable[IncomingEvent]) -> bool:
        """Tell whether all of `events` were read for this."""
        found = ((self.entries.get((e.record.chain, e.record.seq)), e.record) for e in events)
        return all(entry is not None and entry.record is record for entry, record in found)

    def holding(
        self, connection: Connection, touched: Iterable[str]
    ) -> tuple[dict[str, Made | Unmade], set[str]]:
        """Return what still holds of `touched` streams, as they now are in the database.

        And the streams of which some of the events are still to come.
        """
        asked = [stream for stream in touched if stream in self.made]
        counts = _counted(connection, asked)
        made = {s: self.made[s] for s in asked if counts.get(s) == self.sizes[s]}
        return made, {s for s in asked if counts.get(s, 0) < self.sizes[s]}


#: Events read between two looks whether somebody saves.
_READ_AT_ONCE: Final = 16
NOTHING: Final = Prepared({}, {}, {})


def prepare(
    connection: Connection,
    projector: Projector,
    events: Sequence[IncomingEvent],
    give_way: Callable[[], object],
) -> Prepared:
    """Return what `events` will make of their streams, read from a connection that only reads.

    `give_way` is called every few events and between two streams. Each statement of a save would
    wait for its turn of the interpreter otherwise, as long as all of this takes.
    """
    entries: dict[tuple[str, int], Entry] = {}
    for at, incoming in enumerate(events):
        if at % _READ_AT_ONCE == 0:
            give_way()
        entries[incoming.record.chain, incoming.record.seq] = entry_of(incoming)
    touched = {e.record.stream for e in events}
    known = _counted(connection, list(touched))
    streams: dict[str, dict[tuple[str, int], Event] | None] = {}
    for stream in touched:
        give_way()
        streams[stream] = _stored(connection, stream) if stream in known else {}
    for place, entry in entries.items():
        known_events = streams.get(entry.record.stream)
        if known_events is None:
            continue
        if entry.event is None or entry.event.kind == ERASURE or place in known_events:
            # Bytes of no event of ours, values that go or come: rare, and seen to while writing.
            streams[entry.record.stream] = None
        else:
            known_events[place] = entry.event
    whole = {
        stream: sorted(found.values(), key=lambda e: e.order)
        for stream, found in streams.items()
        if found
    }
    sizes = {stream: len(found) for stream, found in whole.items()}
    return Prepared(entries, projector.make(whole, give_way), sizes)


def entry_of(incoming: IncomingEvent) -> Entry:
    """Return the record with its event, None for bytes that are no event of ours."""
    record = incoming.record
    try:
        names = personal_fields(record.core)
        personal = {name: incoming.values.get(name, Absent.NOT_ARRIVED) for name in names}
        return Entry(record, decode(record, personal))
    except TornRecord:
        # Kept, so that the chain goes on; its ticket is put in quarantine by the projection.
        return Entry(record, None)


def _counted(connection: Connection, streams: Sequence[str]) -> dict[str, int]:
    """Return how many events each stream has that has any."""
    if not streams:
        return {}
    return {stream: n for stream, n in connection.execute(_COUNTED, {"of": streams})}  # noqa: C416


def _stored(connection: Connection, stream: str) -> dict[tuple[str, int], Event] | None:
    """Return a stream's events by place; None for one that is to be read while writing."""
    try:
        found = event_rows.read_stream(connection, stream)
    except TornRecord:
        return None
    if any(e.kind == ERASURE for e in found):
        return None
    return {(e.id.chain, e.id.seq): e for e in found}
