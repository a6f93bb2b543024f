"""The store's journal on SQLCipher: appends to the own chain, projections in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.events import Event
from desktop.journal.chain import ERASURE
from desktop.services.ports import Ids
from desktop.storage import erasing, event_rows
from desktop.storage.chain_writer import ChainWriter
from desktop.storage.database import Database
from desktop.storage.event_rows import Head
from desktop.storage.installation import Installation, fact
from desktop.storage.projections import Projector
from desktop.storage.tables import chain, event, number_count

CLOCK_OFFSET: Final = "clock_offset_ms"
_COUNT_UP: Final = (
    upsert(number_count)
    .on_conflict_do_update(
        index_elements=[number_count.c.day], set_={"count": number_count.c.count + 1}
    )
    .returning(number_count.c.count)
)


class SqlWriter(ChainWriter):
    """One open write transaction.

    What is read here is read from the database inside BEGIN IMMEDIATE, so two processes of one
    installation never write the same place of the chain.
    """

    def __init__(self, connection: Connection, installation: Installation, ids: Ids) -> None:
        super().__init__(installation.chain)
        self._connection = connection
        self._ids = ids

    def next_number(self, day: date) -> int:
        """Return the next count of complaints that this device opened on `day` (1, 2, 3 …)."""
        return int(self._connection.execute(_COUNT_UP, {"day": day, "count": 1}).scalar_one())

    def finish(self, projector: Projector) -> None:
        """Write what was appended, move the head, project every stream that was written."""
        if self._head is None or not self._touched:
            return
        event_rows.add(self._connection, self._entries)
        event_rows.set_head(self._connection, self._chain, self._head)
        if any(entry.event and entry.event.kind == ERASURE for entry in self._entries):
            for stream in erasing.erase(self._connection, self._touched):
                del self._streams[stream]  # projected from what is left of it
        touched = {stream: self._stream(stream) for stream in self._touched}
        projector.project_all(self._connection, touched)

    def _read_stream(self, stream: str) -> list[Event]:
        return event_rows.read_stream(self._connection, stream)

    def _read_head(self) -> tuple[Head, int | None]:
        offset = fact(self._connection, CLOCK_OFFSET)
        head = event_rows.head_of(self._connection, self._chain)
        return head, int(offset) if offset else None

    def _make_salt(self, stream: str) -> bytes:
        known = event_rows.salts_of(self._connection, stream)
        own = known.get(self._chain)
        if own is None:
            # The other writers' salt, so that erasing the ticket erases one value.
            own = next(iter(known.values()), None) or self._ids.salt()
            event_rows.add_salt(self._connection, stream, self._chain, own)
        return own


class SqlJournal:
    """The store's journal (ports.Journal)."""

    def __init__(
        self, database: Database, installation: Installation, ids: Ids, projector: Projector
    ) -> None:
        self._database = database
        self._installation = installation
        self._ids = ids
        self._projector = projector

    @contextmanager
    def write(self) -> Iterator[SqlWriter]:
        """Open a write transaction; saved, durably, only when the block ends without a fault."""
        with self._database.write() as connection:
            self._installation.follow(connection)
            writer = SqlWriter(connection, self._installation, self._ids)
            yield writer
            writer.finish(self._projector)

    def events(self, stream: str) -> Sequence[Event]:
        """Return the stream's events in event order, personal values resolved."""
        with self._database.read() as connection:
            return tuple(event_rows.read_stream(connection, stream))

    def heads(self, stream: str) -> Mapping[str, tuple[int, bytes]]:
        """Return, for each chain on the stream, the last event's seq there and its hash."""
        last = (
            select(event.c.chain, func.max(event.c.seq).label("seq"))
            .where(event.c.stream == stream)
            .group_by(event.c.chain)
            .subquery()
        )
        found = select(event.c.chain, event.c.seq, event.c.hash).join(
            last, and_(event.c.chain == last.c.chain, event.c.seq == last.c.seq)
        )
        with self._database.read() as connection:
            return {row.chain: (row.seq, row.hash) for row in connection.execute(found)}

    def chains(self) -> Mapping[str, tuple[int, bytes]]:
        """Return every chain held here with its last seq and hash."""
        with self._database.read() as connection:
            return {row.chain: (row.seq, row.head) for row in connection.execute(select(chain))}
