"""Writes every document as PDF from what the desk knows; the one door to this package."""

from __future__ import annotations

from desktop.domain.papers import TicketPaper
from desktop.reports import from_ticket
from desktop.reports.apology import render_apology
from desktop.reports.receipt import render_receipt
from desktop.reports.seal import Signer
from desktop.reports.settlement import render_settlement
from desktop.reports.slip import render_slip
from desktop.reports.ticket_file import render_ticket_file
from desktop.texts import Texts


class PdfWriter:
    """Implements the port `DocumentWriter` with reportlab; signs the printed facts."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def ticket(self, paper: TicketPaper) -> bytes:
        """Return the PDF of one ticket's document."""
        texts = Texts(paper.lang)
        match paper.kind:
            case "receipt":
                return render_receipt(from_ticket.receipt(paper, texts), texts, self._signer)
            case "slip":
                return render_slip(from_ticket.receipt(paper, texts), texts, self._signer)
            case "settlement":
                model = from_ticket.settlement(paper, texts)
                return render_settlement(model, texts, self._signer)
            case "apology":
                return render_apology(from_ticket.apology(paper, texts), texts)
            case "ticket":
                file = from_ticket.ticket_file(paper, texts)
                return render_ticket_file(file, texts, self._signer)
