"""Writes documents and blank forms; the PDF library is loaded at the first of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol

from desktop.domain.outcomes import Refusal
from desktop.domain.papers import TicketPaper
from desktop.files import write_whole
from desktop.services.ports import FormOrder, Settings

NEXT_SERIAL: Final = "forms.next_serial"
LAST_SERIAL: Final = 99_999_999
#: Left above a random start.
SPARE_SERIALS: Final = 1_000_000


class Signer(Protocol):
    """A key that signs with Ed25519; see `desktop.reports.seal.Signer`."""

    @property
    def key_id(self) -> str:
        """Return the short name of the public key."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        ...


class LateDocumentWriter:
    """Implements the port `DocumentWriter`."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def ticket(self, paper: TicketPaper) -> bytes:
        """Return the PDF of one ticket's document."""
        from desktop.reports.writer import PdfWriter

        return PdfWriter(self._signer).ticket(paper)


class SerialForms:
    """Implements the port `BlankForms`; the next serial is kept in `settings`, None for one run.

    `tell` makes the key known to the store's other PCs before a sheet is signed with it.
    """

    def __init__(
        self,
        signer: Signer,
        settings: Settings | None,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self._signer = signer
        self._settings = settings
        self._tell = tell

    def print(self, out: Path, order: FormOrder) -> Sequence[int] | Refusal:
        """Write the forms as PDF; return their serials."""
        from desktop.reports.paper_form import render_forms, store_complaint_template

        kept = int(self._settings.get(NEXT_SERIAL, "0")) if self._settings else 0
        if order.first_serial and order.first_serial < kept:
            return Refusal("serial_used", {"next": kept})
        # A random start, so that two PCs of a store hardly ever print the same serial.
        first = order.first_serial or kept or 1 + secrets.randbelow(LAST_SERIAL - SPARE_SERIALS)
        if first + order.count - 1 > LAST_SERIAL:
            return Refusal("serials_end", {"last": LAST_SERIAL})
        serials = range(first, first + order.count)
        template = store_complaint_template()
        self._tell()
        try:
            pdf = render_forms(template, serials, order.store, order.variant, self._signer)
        except ValueError:
            return Refusal("store_code_form", {"code": order.store})
        if self._settings:
            # The numbers are used up before the sheets exist: a gap is harmless, a twin is not.
            self._settings.set(NEXT_SERIAL, str(first + order.count))
        write_whole(out, pdf)
        return serials
