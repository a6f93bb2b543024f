"""Counters at full size: copies of the facts there, without events, for measuring reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from desktop.services.reporting_ports import CaseQuery
from desktop.storage import rollup_keeping
from desktop.storage.rollup_tables import report_case
from desktop.storage.store import StoreData


def multiply(data: StoreData, count: int, say: Callable[[int], object]) -> None:
    """Add `count` copies of the cases with events to the counters, in one transaction."""
    stores = frozenset(data.rollups.stores())
    everything = CaseQuery(stores, date.min, date.max)
    originals = [f for f in data.rollups.cases(everything) if not f.stream.startswith("X")]
    copies = select(func.count()).where(report_case.c.stream >= "X", report_case.c.stream < "Y")
    with data.database.write() as connection:
        first = connection.execute(copies).scalar_one()
        for done in rollup_keeping.multiply(connection, originals, count, first):
            say(done)
