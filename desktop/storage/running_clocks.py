"""Reads which complaints have a clock of one name running (services.promises.RunningClocks)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from desktop.storage.database import Database
from desktop.storage.rollup_tables import running_clock


class SqlRunningClocks:
    """Asks the index of running clocks by their day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def running(self, clock: str, until: date, limit: int) -> Sequence[str]:
        """Return the complaints on which `clock` is due on `until` or before, the first first."""
        running = running_clock.c
        due = func.min(running.due)
        wanted = (
            select(running.stream)
            .where(running.day <= until, running.clock == clock)
            .group_by(running.stream)
            .order_by(due)
            .limit(limit)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(wanted).scalars())
