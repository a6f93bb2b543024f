"""How the form reader did, field by field, without what the fields say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select

from desktop.services.paper_ports import FieldOutcome
from desktop.storage.database import Database
from desktop.storage.tables import field_outcome


class SqlReadingRecords:
    """Keeps outcomes (paper_ports.ReadingRecords)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, outcomes: Sequence[FieldOutcome], at: datetime) -> None:
        """Keep the outcomes of one page."""
        if outcomes:
            with self._database.write() as connection:
                rows = [{"at": at, **asdict(one)} for one in outcomes]
                connection.execute(insert(field_outcome), rows)

    def since(self, at: datetime | None) -> Sequence[FieldOutcome]:
        """Return outcomes from `at` on, the oldest first."""
        table = field_outcome.c
        wanted = select(field_outcome).order_by(table.id)
        if at is not None:
            wanted = wanted.where(table.at >= at)
        with self._database.read() as connection:
            return tuple(
                FieldOutcome(
                    row.key, row.ours, row.certain, row.weakest, row.right, row.edits, row.length
                )
                for row in connection.execute(wanted)
            )
