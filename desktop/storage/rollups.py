"""Counters of reports, written in the transaction of the append, and the facts behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    bindparam,
    func,
    select,
    text,
)

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import Sums, counts_in
from desktop.domain.analytics.departments import DepartmentCounts, count
from desktop.journal.records import parse_core
from desktop.services.reporting_ports import CaseQuery, Stores
from desktop.storage import department_counts
from desktop.storage.database import Database
from desktop.storage.rollup_keeping import recompute
from desktop.storage.rollup_tables import report_case, rollup, running_clock, work_stream

_KNOWN: Final = select(report_case.c.facts).where(report_case.c.stream == bindparam("of"))
_DECODER: Final = msgspec.json.Decoder(CaseFacts)
_LATER: Final = rollup.alias()


def _all_months() -> CTE:
    """Every month with cells, each found by a step of the index instead of a walk over all."""
    first = select(func.min(rollup.c.month).label("month")).cte("months", recursive=True)
    later = select(func.min(_LATER.c.month)).where(_LATER.c.month > first.c.month)
    following = select(later.scalar_subquery()).where(first.c.month.is_not(None))
    return first.union_all(following)


_MONTHS: Final = _all_months()
#: Dimensions whose key is the code, so that the index narrows the cases first.
_BY_CODE: Final = frozenset({"code", "alike", "link"})


class SqlRollups:
    """Reads rollups and facts (reporting_ports.Rollups)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stores(self) -> Sequence[str]:
        """Return the stores with complaints here, by code."""
        found = (
            select(rollup.c.store)
            .join(_MONTHS, rollup.c.month == _MONTHS.c.month)
            .where(rollup.c.dim.in_(("opened", "duplicate")))
            .distinct()
            .order_by(rollup.c.store)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(found).scalars())

    def months(self, stores: Stores) -> Sequence[str]:
        """Return the months with complaints, the first first."""
        opened = (rollup.c.month == _MONTHS.c.month) & (rollup.c.dim == "opened")
        some = select(rollup.c.n).where(opened, rollup.c.store.in_(stores)).exists()
        found = select(_MONTHS.c.month).where(some).order_by(_MONTHS.c.month)
        with self._database.read() as connection:
            return tuple(connection.execute(found).scalars())

    def sums(self, stores: Stores, months: Sequence[str], dims: Sequence[str] = ()) -> Sums:
        """Return the sums of whole months; `dims` empty is every dimension."""
        found = _summed(rollup.c.dim, rollup.c.key).where(*_within(stores, months, dims))
        grouped = found.group_by(rollup.c.dim, rollup.c.key)
        with self._database.read() as connection:
            return {(dim, key): (n, total) for dim, key, n, total in connection.execute(grouped)}

    def by_store(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums of whole months for each store."""
        return self._grouped(rollup.c.store, stores, months, dims)

    def by_month(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums for each month."""
        return self._grouped(rollup.c.month, stores, months, dims)

    def _grouped(
        self, by: Column[str], stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        found = _summed(by, rollup.c.dim, rollup.c.key).where(*_within(stores, months, dims))
        sums: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}
        with self._database.read() as connection:
            for name, dim, key, n, total in connection.execute(
                found.group_by(by, rollup.c.dim, rollup.c.key)
            ):
                sums.setdefault(name, {})[dim, key] = (n, total)
        return sums

    def cases(self, wanted: CaseQuery) -> Sequence[CaseFacts]:
        """Return the facts of cases, by the time of opening."""
        conditions = [
            report_case.c.last_day >= wanted.since,
            report_case.c.first_day < wanted.until,
            report_case.c.store.in_(wanted.stores),
        ]
        if wanted.dim in _BY_CODE and wanted.key != "*":
            conditions.append(report_case.c.code == wanted.key.split("|")[0])
        found = select(report_case.c.facts).where(*conditions).order_by(report_case.c.opened)
        kept: list[CaseFacts] = []
        with self._database.read() as connection:
            for (encoded,) in connection.execute(found):
                facts = _DECODER.decode(encoded)
                if wanted.dim and not counts_in(
                    facts, wanted.dim, wanted.key, wanted.since, wanted.until
                ):
                    continue
                kept.append(facts)
                if wanted.limit and len(kept) == wanted.limit:
                    break
        return sorted(kept, key=lambda facts: (facts.opened_at, facts.stream))

    def open_cases(self, stores: Stores) -> Sequence[CaseFacts]:
        """Return the facts of cases that are not closed."""
        found = select(report_case.c.facts).where(text("open > 0"), report_case.c.store.in_(stores))
        with self._database.read() as connection:
            cases = [_DECODER.decode(encoded) for (encoded,) in connection.execute(found)]
        return sorted(cases, key=lambda facts: (facts.opened_at, facts.stream))

    def open_count(self, stores: Stores) -> int:
        """Return how many cases are open, duplicates left out; by index alone."""
        counted = (
            select(func.count())
            .select_from(report_case)
            .where(text("open > 0"), text("open = 1"), report_case.c.store.in_(stores))
        )
        with self._database.read() as connection:
            return connection.execute(counted).scalar_one()

    def late(self, stores: Stores, since: date, until: date, now: datetime) -> Mapping[str, int]:
        """Return by name how many clocks run that were due in [since, until) and before `now`.

        Read from an index alone, equal to `measures.late_clocks` over the open cases.
        """
        running = running_clock.c
        counted = (
            select(running.clock, func.count().label("n"))
            .where(running.day >= since, running.day < until, running.due < now)
            .where(running.store.in_(stores))
            .group_by(running.clock)
        )
        with self._database.read() as connection:
            return {row.clock: row.n for row in connection.execute(counted)}

    def departments(
        self, stores: Stores, since: date, until: date, technical: Sequence[str]
    ) -> DepartmentCounts:
        """Return what departments answer for; `technical` are codes (AN-14, AN-17)."""
        with self._database.read() as connection:
            cases = department_counts.facts_between(connection, stores, since, until)
            return count(cases, since, until, technical)

    def case(self, stream: str) -> CaseFacts | None:
        """Return the facts of one case."""
        with self._database.read() as connection:
            known = connection.execute(_KNOWN, {"of": stream}).scalar_one_or_none()
        return None if known is None else _DECODER.decode(known)

    def works(self, kind: str, month: str = "", about: str = "") -> Sequence[str]:
        """Return the streams of a kind, by id; of one month or about one thing where asked."""
        found = select(work_stream.c.stream).where(work_stream.c.kind == kind)
        if month:
            found = found.where(work_stream.c.month == month)
        if about:
            found = found.where(work_stream.c.about == about)
        with self._database.read() as connection:
            return tuple(connection.execute(found.order_by(work_stream.c.stream)).scalars())

    def newest(self) -> datetime | None:
        """Return the time of the newest event of any chain, None without events."""
        # From the few chains to their last events, never the other way round.
        heads = text(
            "SELECT e.core FROM chain c CROSS JOIN event e ON e.chain = c.chain AND e.seq = c.seq"
        )
        with self._database.read() as connection:
            cores = connection.execute(heads).scalars().all()
        return max((parse_core(core).t for core in cores), default=None)

    def recompute(self) -> int:
        """Remake all counters from the facts in one transaction; return how many differed."""
        with self._database.write() as connection:
            return recompute(connection)


def _summed(*by: Column[Any]) -> Any:
    return select(*by, func.sum(rollup.c.n), func.sum(rollup.c.total))


def _within(
    stores: Stores, months: Sequence[str], dims: Sequence[str]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [rollup.c.month.in_(months), rollup.c.store.in_(stores)]
    if dims:
        found.append(rollup.c.dim.in_(dims))
    return found
