"""Reports on the desk, as the person logged in: made, drilled to cases, exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from desktop.domain.analytics.report import Drill, Report
from desktop.domain.outcomes import Actor, Refusal
from desktop.files import write_whole
from desktop.services.ports import TicketRow
from desktop.services.use_cases import UseCases
from desktop.texts import Lang


class _Desk(Protocol):
    """What these methods need of the desk."""

    use_cases: UseCases

    def actor(self) -> Actor: ...


class ReportDesk:
    """The part of the desk that looks over all complaints of a scope."""

    def report(
        self: _Desk, kind: str, period: str, lang: Lang, stores: frozenset[str] | None = None
    ) -> Report | Refusal:
        """Return a report over a period (2026-11, 2026-Q3, 2026-W47, 2026-11-21)."""
        return self.use_cases.reporting.report(kind, period, lang, self.actor(), stores)

    def report_kinds(self: _Desk) -> Sequence[str]:
        """Return the kinds of reports."""
        return self.use_cases.reporting.kinds

    def report_stores(self: _Desk) -> dict[str, str]:
        """Return the stores whose figures this person may see, code to name."""
        names = self.use_cases.reporting.store_names()
        seen = self.use_cases.reporting.scope(self.actor())
        return {code: names.get(code, "") for code in sorted(seen)}

    def report_cases(self: _Desk, drill: Drill) -> Sequence[TicketRow]:
        """Return the complaints behind a mark of a chart or a row of a table."""
        return self.use_cases.reporting.cases(drill, self.actor())

    def export_report(self: _Desk, report: Report, out: Path) -> Path:
        """Write a report as PDF, or as a workbook where the name ends in .xlsx; returns where."""
        reporting = self.use_cases.reporting
        workbook = out.suffix.lower() == ".xlsx"
        write_whole(out, reporting.xlsx(report) if workbook else reporting.pdf(report))
        return out

    def report_pdf(self: _Desk, report: Report) -> bytes:
        """Return a report as PDF, for the print preview."""
        return self.use_cases.reporting.pdf(report)
