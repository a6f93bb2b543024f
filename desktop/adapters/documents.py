"""Writes documents and blank forms; the PDF library is loaded at the first of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from desktop.adapters.device_signer import DeviceSigner
from desktop.domain.papers import PeriodPaper, TicketPaper
from desktop.services.ports import Settings

NEXT_SERIAL: Final = "forms.next_serial"


class LateDocumentWriter:
    """Implements the port `DocumentWriter`."""

    def __init__(self, signer: DeviceSigner) -> None:
        self._signer = signer

    def ticket(self, paper: TicketPaper) -> bytes:
        """Return the PDF of one ticket's document."""
        from desktop.reports.writer import PdfWriter

        return PdfWriter(self._signer).ticket(paper)

    def period(self, paper: PeriodPaper) -> bytes:
        """Return the PDF of a report over a period."""
        from desktop.reports.writer import PdfWriter

        return PdfWriter(self._signer).period(paper)


class SerialForms:
    """Implements the port `BlankForms`: every sheet of this PC has a serial of its own."""

    def __init__(self, settings: Settings, signer: DeviceSigner) -> None:
        self._settings = settings
        self._signer = signer

    def print(self, out: Path, count: int, store: str) -> None:
        """Write `count` forms with new serial numbers as PDF."""
        from desktop.reports.paper_form import render_forms, store_complaint_template

        first = int(self._settings.get(NEXT_SERIAL, "1"))
        # The numbers are used up before the sheets exist: a gap is harmless, a twin is not.
        self._settings.set(NEXT_SERIAL, str(first + count))
        serials = range(first, first + count)
        pdf = render_forms(store_complaint_template(), serials, store, "zh", self._signer)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(pdf)
