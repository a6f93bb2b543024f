"""Paper out: every document of the day as PDF, checked by taking its text out again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pypdfium2

from desktop.demo.steps import Day, done, fail
from desktop.demo.store_day import Tickets
from desktop.domain.papers import DocumentKind
from desktop.services.desk import Desk
from desktop.texts import Lang

KINDS: Final[tuple[DocumentKind, ...]] = ("receipt", "settlement", "apology", "ticket")
A4_POINTS: Final = (595, 842)


def pad(day: Day) -> Path:
    """Where the blank form of the day stands."""
    return day.out / "pdf" / "blank-form.pdf"


def print_pad(desk: Desk, day: Day) -> None:
    """Print a blank form as a store does beforehand; its key goes out with the queue."""
    pad(day).parent.mkdir(parents=True, exist_ok=True)
    done(desk.print_forms(pad(day), 1), "a blank form")


def play(desk: Desk, day: Day, tickets: Tickets) -> None:
    """Print the documents in Chinese, the receipt in English too, and the month's report."""
    folder = day.out / "pdf"
    page = desk.ticket(tickets.typed)
    if page is None:
        fail("the complaint is gone")
    printed = [
        _document(desk, tickets.typed, kind, "zh_CN", folder / f"{kind}.pdf") for kind in KINDS
    ]
    printed.append(_document(desk, tickets.typed, "receipt", "en", folder / "receipt.en.pdf"))
    for pdf in printed:
        _holds(pdf, page.state.number)
    _holds(folder / "receipt.pdf", "周慧")
    month = f"{desk.now():%Y-%m}"
    report = folder / f"month-{month}.pdf"
    printed.append(done(desk.month_report(month, "zh_CN", report), "the monthly report"))
    _holds(report, "投诉月报")
    printed.append(pad(day))
    day.saw("pdfs", [str(pdf.relative_to(day.out)) for pdf in printed])
    day.tell(f"   {len(printed)} PDFs written")


def _document(desk: Desk, stream: str, kind: DocumentKind, lang: Lang, out: Path) -> Path:
    return done(desk.document(stream, kind, lang, out), f"the {kind}")


def _holds(pdf: Path, text: str) -> None:
    """End the demo unless the PDF is A4 and its text can be taken out again."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        size = tuple(round(side) for side in document[0].get_size())
        words = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    if size != A4_POINTS:
        fail(f"{pdf.name} is not A4 but {size}")
    if text not in words.replace("\r", "").replace("\n", ""):
        fail(f"{pdf.name} does not hold the text {text}")
