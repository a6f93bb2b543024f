"""What reports need from outside: rollups, the facts behind them, and writers of papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from desktop.domain.analytics.case_facts import CaseFacts
from desktop.domain.analytics.cells import Sums
from desktop.domain.analytics.departments import DepartmentCounts
from desktop.domain.analytics.report import Report

Stores = frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Cases of `stores` that count on a day in [since, until); with a mark, those behind it."""

    stores: Stores
    since: date
    until: date
    dim: str = ""
    key: str = "*"
    limit: int = 0


class Rollups(Protocol):
    """Reads counters that are written with the events, and the facts they come from."""

    def stores(self) -> Sequence[str]:
        """Return the stores with complaints here, by code."""
        ...

    def months(self, stores: Stores) -> Sequence[str]:
        """Return the months (YYYY-MM) with complaints, the first first."""
        ...

    def sums(self, stores: Stores, months: Sequence[str], dims: Sequence[str] = ()) -> Sums:
        """Return the sums of whole months; `dims` empty is every dimension."""
        ...

    def by_store(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums of whole months for each store."""
        ...

    def by_month(
        self, stores: Stores, months: Sequence[str], dims: Sequence[str]
    ) -> Mapping[str, Sums]:
        """Return the sums for each month."""
        ...

    def cases(self, wanted: CaseQuery) -> Sequence[CaseFacts]:
        """Return the facts of cases, by the time of opening."""
        ...

    def open_cases(self, stores: Stores) -> Sequence[CaseFacts]:
        """Return the facts of cases that are not closed."""
        ...

    def open_count(self, stores: Stores) -> int:
        """Return how many cases are open, duplicates left out; by index alone."""
        ...

    def late(self, stores: Stores, since: date, until: date, now: datetime) -> Mapping[str, int]:
        """Return by name how many clocks run that were due in [since, until) and before `now`.

        Equal to `measures.late_clocks` over the open cases, read from an index alone.
        """
        ...

    def departments(
        self, stores: Stores, since: date, until: date, technical: Sequence[str]
    ) -> DepartmentCounts:
        """Return what departments answer for; `technical` are codes (AN-14, AN-17)."""
        ...

    def case(self, stream: str) -> CaseFacts | None:
        """Return the facts of one case."""
        ...

    def works(self, kind: str, month: str = "", about: str = "") -> Sequence[str]:
        """Return the streams that are no complaints, of a kind such as `cause.opened`."""
        ...

    def newest(self) -> datetime | None:
        """Return the time of the newest event of any chain, None without events."""
        ...

    def recompute(self) -> int:
        """Remake all counters from the facts; return how many differed."""
        ...


class PackWriter(Protocol):
    """Writes a report on paper and as a workbook: the same report, the same bytes."""

    def pdf(self, report: Report) -> bytes:
        """Return the report as PDF, its facts signed."""
        ...

    def xlsx(self, report: Report) -> bytes:
        """Return the report as an XLSX workbook."""
        ...
