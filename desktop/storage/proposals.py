"""Finds complaints by who proposed a compensation on them, by an index of those events alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, literal_column, select

from desktop.domain.operations import file_written_report, propose_compensation
from desktop.journal.records import Core, TornRecord, parse_core
from desktop.storage.database import Database
from desktop.storage.tables import chain, event

#: Clocks of PCs are wrong by hours at times; events a little older are looked at too.
_SLACK: Final = timedelta(days=2)
# Written as the partial index has it, without a parameter, or SQLite would not use that.
_PROPOSED: Final = event.c.kind == literal_column(f"'{propose_compensation.KIND}'")


class SqlProposals:
    """Implements services.caps_ports.Proposals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def streams_of(self, person: str, since: datetime) -> Sequence[str]:
        """Return the complaints on which `person` proposed a compensation since that moment."""
        with self._database.read() as connection:
            found = [core.s for core in _proposed(connection, since) if core.a == person]
        return tuple(dict.fromkeys(found))

    def unreported(self, person: str, since: datetime, until: datetime) -> Sequence[str]:
        """Return those on which `person` was granted one and no report is filed."""
        with self._database.read() as connection:
            found = dict.fromkeys(
                core.s
                for core in _proposed(connection, since)
                if core.a == person and core.t < until and core.d.get("decision") == "granted"
            )
            return tuple(stream for stream in found if not _reported(connection, stream))


def _proposed(connection: Connection, since: datetime) -> Iterator[Core]:
    """Yield the proposals since a moment, the newest of each chain first."""
    for name in connection.execute(select(chain.c.chain)).scalars().all():
        newest = select(event.c.core).where(event.c.chain == name, _PROPOSED)
        for stored in connection.execute(newest.order_by(event.c.seq.desc())).scalars():
            try:
                core = parse_core(stored)
            except TornRecord:
                continue
            if core.t < since - _SLACK:
                break
            if core.t >= since:
                yield core


def _reported(connection: Connection, stream: str) -> bool:
    filed = select(event.c.seq).where(
        event.c.stream == stream, event.c.kind == file_written_report.KIND
    )
    return connection.execute(filed.limit(1)).first() is not None
