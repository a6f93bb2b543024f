"""Streams of the journal that are no complaints, found by how their ids begin."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, literal_column, select

from desktop.storage.database import Database
from desktop.storage.tables import event


class SqlStreams:
    """Implements the port `Streams`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_prefix(self, prefix: str, limit: int) -> Sequence[str]:
        """Return streams whose id begins with `prefix`, the last begun first."""
        first: ColumnElement[int] = func.min(literal_column("event.rowid"))
        wanted = (
            select(event.c.stream)
            # A range, so that the index on streams is used.
            .where(event.c.stream >= prefix, event.c.stream < prefix + "\U0010ffff")
            .group_by(event.c.stream)
            .order_by(first.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(wanted).scalars())
