"""Print preview (打印预览): the pages as they will come out; the printer is kept per document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pypdfium2
from PySide6.QtCore import QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QAccessible,
    QImage,
    QKeySequence,
    QPageLayout,
    QPageSize,
    QPainter,
    QPixmap,
    QShortcut,
)
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QWidget
from shiboken6 import isValid

from desktop.files import write_whole
from desktop.pdf_pages import PDFIUM
from ui.context import Ui
from ui.icons import icon
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.feedback import Banner
from ui.widgets.focus_ring import FocusRing
from ui.widgets.inputs import Option, Select
from ui.widgets.layout import Flow, Scroll, box, column, label, row

#: Pixels per PDF point on screen and on paper.
SCREEN_ZOOMS: Final = (0.75, 1.0, 1.35, 1.8, 2.4)
PRINT_DPI: Final = 300
#: Longer documents are shown in part; all of it is printed.
PAGES_SHOWN: Final = 40
TO_FILE: Final = "pdf"
_MM_PER_POINT: Final = 25.4 / 72

PrinterName = str


def printer_setting(document: str) -> str:
    """Return the name of the setting that remembers a document's printer."""
    return f"printer.{document}"


def printer_names() -> list[str]:
    """Return the printers that the system knows."""
    return list(QPrinterInfo.availablePrinterNames())


def page_images(pdf: bytes, zoom: float, first: int = 0, count: int | None = None) -> list[QImage]:
    """Return pages as pictures, `zoom` pixels per point; raises ValueError for no PDF."""
    document, pages = _open(pdf)
    try:
        last = pages if count is None else min(first + count, pages)
        return [_image(document, at, zoom) for at in range(first, last)]
    finally:
        with PDFIUM:
            document.close()


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has; raises ValueError for none."""
    document, pages = _open(pdf)
    with PDFIUM:
        document.close()
    return pages


def _open(pdf: bytes) -> tuple[pypdfium2.PdfDocument, int]:
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"no PDF: {error}") from error
        return document, len(document)


def _image(document: pypdfium2.PdfDocument, at: int, zoom: float) -> QImage:
    with PDFIUM:  # page by page, so that a long document lets others in between
        bitmap = document[at].render(scale=zoom, rev_byteorder=True, prefer_bgrx=True)
        size = (bitmap.width, bitmap.height, bitmap.stride)
        pixels = bytes(bitmap.buffer)
        bitmap.close()
    return QImage(pixels, *size, QImage.Format.Format_RGBX8888).copy()  # Qt owns no bytes of ours


def print_pdf(pdf: bytes, printer: QPrinter) -> int:
    """Print every page on its own paper size and return how many; raises OSError and ValueError."""
    document, pages = _open(pdf)
    painter = QPainter()
    try:
        for at in range(pages):
            with PDFIUM:
                width, height = (points * _MM_PER_POINT for points in document.get_page_size(at))
            size = QPageSize(QSizeF(width, height), QPageSize.Unit.Millimeter, "")
            portrait = QPageLayout.Orientation.Portrait
            printer.setPageLayout(QPageLayout(size, portrait, QMarginsF(0, 0, 0, 0)))
            if at == 0:
                if not painter.begin(printer):
                    raise OSError(None, f"the printer {printer.printerName()} does not answer")
            else:
                printer.newPage()
            image = _image(document, at, PRINT_DPI / 72)
            painter.drawImage(QRectF(painter.viewport()), image)
        return pages
    finally:
        if painter.isActive():
            painter.end()
        with PDFIUM:
            document.close()


def print_on(name: str, pdf: bytes, title: str) -> int | None:
    """Print on the printer of this name and return how many pages; None when it is not there.

    Qt itself would take the system's default printer then, or write a file. `title` is what the
    system's list of jobs shows.
    """
    found = QPrinterInfo.printerInfo(name)
    if found.isNull():
        return None
    try:
        printer = QPrinter(found, QPrinter.PrinterMode.HighResolution)
        printer.setDocName(title)
        return print_pdf(pdf, printer)
    except OSError:
        return None


class PrintPreview(QDialog):
    """Shows a PDF and prints it; `document` is what the printer is remembered for."""

    def __init__(self, ui: Ui, parent: QWidget, title: str, pdf: bytes, document: str) -> None:
        super().__init__(parent)
        self._ui, self._pdf, self._document = ui, pdf, document
        self._zoom, self.ready = 1, False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setProperty("role", "page")
        over = parent.window().size() * 0.96
        self.resize(QSize(theme().px(900), theme().px(760)).boundedTo(over))
        self.pages: list[QLabel] = []
        self._body = column(gap=16, margins=(24, 24, 24, 24))
        self._note = label(ui.text("ui.loading"), "small")
        self.printer = Select(self._printers())
        self.printer.setAccessibleName(ui.text("ui_print.printer"))
        self.printer.setMinimumContentsLength(18)
        self._pages_box = box(self._body)
        self._scroll = Scroll(self._pages_box)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(title)
        self._scroll.accessible_role = QAccessible.Role.Document
        FocusRing(self._scroll)
        self.trouble = Banner()
        self.setLayout(column(self._bar(), self.trouble, self._scroll, gap=0))
        self._keys()
        ui.run(lambda: ui.desk.setting(printer_setting(document)), self._remembered)
        self._render()
        self.act.setFocus()

    def _printers(self) -> list[Option]:
        found = [Option(name, name) for name in printer_names()]
        return [*found, Option(TO_FILE, self._ui.text("ui_print.to_file"))]

    def more_buttons(self) -> Sequence[Button]:
        """Return what else can be done with the document, to stand before the printer."""
        return ()

    def _bar(self) -> QWidget:
        text = self._ui.text
        smaller = Button(
            "", self.zoom_out, variant="ghost", icon="zoom-out", accessible=text("ui_print.smaller")
        )
        larger = Button(
            "", self.zoom_in, variant="ghost", icon="zoom-in", accessible=text("ui_print.larger")
        )
        self.act = Button(
            text("ui_print.print"), self.print, variant="primary", icon="printer", keys="Ctrl+P"
        )
        self.printer.currentIndexChanged.connect(lambda _at: self._name_act())
        self._name_act()
        close = Button(text("ui.close"), self.close, variant="secondary", keys="Esc")
        # Wraps where a large type leaves no room for one line.
        acts = Flow(8)
        for part in (*self.more_buttons(), self.printer, self.act, close):
            acts.addWidget(part)
        line = row(self._note, smaller, larger, gap=8, margins=(16, 12, 16, 12))
        line.addWidget(box(acts), 1)
        bar = box(line)
        bar.setProperty("role", "topbar")
        return bar

    def _keys(self) -> None:
        for keys, act in (("Ctrl++", self.zoom_in), ("Ctrl+-", self.zoom_out)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _name_act(self) -> None:
        """Say what the button does: without a printer it writes a file."""
        to_file = (self.printer.value() or TO_FILE) == TO_FILE
        self.act.set_text(self._ui.text("ui_print.save" if to_file else "ui_print.print"))
        self.act.set_icon(icon("save" if to_file else "printer", "on_accent"))

    def _remembered(self, name: str) -> None:
        if not name:
            return
        self.printer.set_value(name)
        if self.printer.value() != name:
            self.trouble.say(self._ui.text("ui_print.missing", printer=name), "warn")

    def _render(self) -> None:
        zoom = SCREEN_ZOOMS[self._zoom] * theme().scale
        ratio = self.devicePixelRatioF()
        pdf = self._pdf

        def drawn() -> tuple[list[QImage], int]:
            return page_images(pdf, zoom * ratio, count=PAGES_SHOWN), page_count(pdf)

        self._ui.run(drawn, lambda found: self._show(*found, ratio), lane="files", owner=self)

    def _show(self, images: Sequence[QImage], pages: int, ratio: float) -> None:
        while (item := self._body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.pages = []
        for number, image in enumerate(images, start=1):
            image.setDevicePixelRatio(ratio)
            sheet = QLabel()
            sheet.setPixmap(QPixmap.fromImage(image))
            sheet.setProperty("role", "sheet")
            sheet.setAccessibleName(self._ui.text("ui_print.page", n=number))
            self._body.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
            self.pages.append(sheet)
        self._body.addStretch(1)
        told = "ui_print.pages" if pages == len(images) else "ui_print.pages_shown"
        self._note.setText(self._ui.text(told, n=pages, shown=len(images)))
        self.ready = True

    def zoom_in(self) -> None:
        """Show the pages larger."""
        self._set_zoom(self._zoom + 1)

    def zoom_out(self) -> None:
        """Show the pages smaller."""
        self._set_zoom(self._zoom - 1)

    def _set_zoom(self, zoom: int) -> None:
        self._zoom = min(max(zoom, 0), len(SCREEN_ZOOMS) - 1)
        self._render()

    def print(self) -> None:
        """Print on the chosen printer, or ask for a file; the choice is remembered."""
        chosen = self.printer.value() or TO_FILE
        self._ui.desk_setting(printer_setting(self._document), chosen)
        if chosen != TO_FILE:
            self._print_on(chosen)
            return
        name, _ = QFileDialog.getSaveFileName(
            self, self.windowTitle(), f"{self.windowTitle()}.pdf", "PDF (*.pdf)"
        )
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the document as PDF."""
        pdf = self._pdf

        def saved(_none: object) -> None:
            self._ui.say(self._ui.text("ui_print.saved", name=path.name))
            self._done()

        self._ui.run(lambda: write_whole(path, pdf), saved, lane="files")

    def _done(self) -> None:
        if isValid(self):  # whoever closed it meanwhile is told all the same
            self.close()

    def _print_on(self, name: PrinterName) -> None:
        pdf = self._pdf

        title = self.windowTitle()
        self.trouble.say("")
        self.act.set_waiting(True)

        def printed(pages: int | None) -> None:
            if pages is not None:
                self._ui.say(self._ui.text("ui_print.printed", n=pages, printer=name))
                self._done()
            else:
                self._refused(self._ui.text("ui_print.gone", printer=name))

        self._ui.run(
            lambda: print_on(name, pdf, title), printed, lane="files", on_error=self._refused
        )

    def _refused(self, why: str) -> None:
        """Keep the paper and offer the printers that there are now."""
        if not isValid(self):
            self._ui.say(why, "bad")
            return
        self.act.set_waiting(False)
        self.trouble.say(why, "bad")
        self.printer.set_options(self._printers())
        self._name_act()
