"""Writes reports on paper and as workbooks; the libraries are loaded at the first of them."""

from __future__ import annotations

from desktop.adapters.documents import Signer
from desktop.domain.analytics.report import Report


class LatePackWriter:
    """Implements the port `PackWriter`; signs the printed facts."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def pdf(self, report: Report) -> bytes:
        """Return the report as PDF."""
        from desktop.reports.pack import render_pack

        return render_pack(report, self._signer)

    def xlsx(self, report: Report) -> bytes:
        """Return the report as a workbook."""
        from desktop.reports.workbook import render_workbook

        return render_workbook(report)
