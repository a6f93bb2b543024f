"""A journal for whole histories made afterwards: one chain, many new tickets in a transaction.

Nobody else writes on such a chain or its tickets, so nothing is read: the database's one writer is
held only while a finished batch is written, and several processes make batches at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Final

from sqlalchemy import Connection, func
from sqlalchemy.dialects.sqlite import insert as upsert

from desktop.domain.events import Event
from desktop.journal.chain import GENESIS
from desktop.services.ports import Ids
from desktop.storage import event_rows
from desktop.storage.chain_writer import ChainWriter
from desktop.storage.database import Database
from desktop.storage.event_rows import Head
from desktop.storage.faults import DatabaseBusy
from desktop.storage.projections import Projector
from desktop.storage.tables import number_count

#: Pages that a large transaction keeps before it spills, in KiB.
_CACHE: Final = "PRAGMA cache_size = -65536"
#: Times that a batch waits as long as a save does (database.BUSY_MS).
_PATIENCE: Final = 60
_COUNTED: Final = upsert(number_count)
_KEEP_COUNT: Final = _COUNTED.on_conflict_do_update(
    index_elements=[number_count.c.day],
    set_={"count": func.max(number_count.c.count, _COUNTED.excluded.count)},
)


class BulkWriter(ChainWriter):
    """One batch: every stream in it begins in it."""

    def __init__(
        self, chain: str, head: Head, numbers: dict[date, int], written: set[str], ids: Ids
    ) -> None:
        super().__init__(chain)
        self._written = written
        self._head = head
        self._numbers = numbers
        self._ids = ids

    @property
    def head(self) -> Head:
        """The end of the chain with this batch."""
        return self._own_head()

    def next_number(self, day: date) -> int:
        """Return the next count of complaints that this device opened on `day` (1, 2, 3 …)."""
        self._numbers[day] = self._numbers.get(day, 0) + 1
        return self._numbers[day]

    def write(self, database: Database, projector: Projector) -> None:
        """Write the batch with its projections in one transaction; waits for other processes."""
        if not self._touched:
            return
        made = projector.make(self._streams)
        for _ in range(_PATIENCE):
            try:
                with database.write() as connection:
                    self._write(connection)
                    projector.write(connection, made)
            except DatabaseBusy:
                continue  # another process's batch, which ends
            return
        raise DatabaseBusy(
            f"{database.path.name} was never free for a batch; nothing of it is kept"
        )

    def _write(self, connection: Connection) -> None:
        connection.exec_driver_sql(_CACHE)
        event_rows.ensure_chain(connection, self._chain)
        event_rows.add_salts(connection, self._chain, self._salts)
        event_rows.add(connection, self._entries)
        event_rows.set_head(connection, self._chain, self.head)
        counts = [{"day": day, "count": count} for day, count in self._numbers.items()]
        if counts:
            connection.execute(_KEEP_COUNT, counts)

    def _read_stream(self, stream: str) -> list[Event]:
        if stream in self._written:
            raise ValueError(f"{stream} went on after its batch; such histories need a SqlJournal")
        self._written.add(stream)
        return []

    def _read_head(self) -> tuple[Head, int | None]:
        raise RuntimeError("a batch knows the head that it goes on from")

    def _make_salt(self, stream: str) -> bytes:
        del stream
        return self._ids.salt()


class BulkJournal:
    """Writes one new chain (ports.Journal); reads nothing but what the batch in hand holds."""

    def __init__(self, database: Database, chain: str, ids: Ids, projector: Projector) -> None:
        self._database = database
        self._chain = chain
        self._ids = ids
        self._projector = projector
        self._head = Head(0, GENESIS)
        self._numbers: dict[date, int] = {}
        self._written: set[str] = set()

    @contextmanager
    def write(self) -> Iterator[BulkWriter]:
        """Open a batch; saved, durably, only when the block ends without a fault."""
        writer = BulkWriter(self._chain, self._head, self._numbers, self._written, self._ids)
        yield writer
        writer.write(self._database, self._projector)
        self._head = writer.head

    def events(self, stream: str) -> Sequence[Event]:
        """Return the stream's stored events in event order, personal values resolved."""
        with self._database.read() as connection:
            return tuple(event_rows.read_stream(connection, stream))

    def heads(self, stream: str) -> Mapping[str, tuple[int, bytes]]:
        """Return nothing: no other chain is on the tickets made here."""
        del stream
        return {}

    def chains(self) -> Mapping[str, tuple[int, bytes]]:
        """Return this chain with its last seq and hash."""
        return {self._chain: (self._head.seq, self._head.hash)}
