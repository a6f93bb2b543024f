"""Print preview: the pages of a report as they come out of the printer, and where they may go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from ui.context import Ui
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.layout import Scroll, box, column, label, row

#: Dots an inch: of the preview, and of what is sent to a printer.
PREVIEW_DPI = 96
PRINT_DPI = 200


def render_pages(pdf: bytes, dpi: int) -> list[QImage]:
    """Return the pages of a PDF as pictures of `dpi` dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
            picture = bitmap.to_numpy()
            height, width, depth = picture.shape
            form = QImage.Format.Format_RGB888 if depth == 3 else QImage.Format.Format_RGBX8888
            image = QImage(picture.tobytes(), width, height, width * depth, form)
            pages.append(image.copy())
        return pages
    finally:
        document.close()


class ReportPreview(QDialog):
    """Shows the pages; prints them, or has them saved as PDF or workbook."""

    def __init__(
        self, ui: Ui, title: str, pdf: bytes, save: Callable[[str], object] | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.ui = ui
        self._pdf = pdf
        self.setWindowTitle(title)
        self.resize(theme().px(900), theme().px(820))
        self._pages = column(gap=16, margins=(24, 16, 24, 16))
        self._wait = label(ui.text("ui_reports.rendering"), "muted")
        self._pages.addWidget(self._wait, 0, Qt.AlignmentFlag.AlignHCenter)
        self.count = label("", "small")
        head = row(label(title, "heading"), self.count, None, gap=8, margins=(16, 12, 16, 12))
        for kind in ("pdf", "xlsx"):
            if save is None:
                break
            head.addWidget(
                Button(ui.text(f"ui_reports.{kind}"), partial(save, kind), icon="download")
            )
        head.addWidget(
            Button(ui.text("ui_reports.print"), self.print_pages, variant="primary", icon="printer")
        )
        self.setLayout(column(head, Scroll(box(self._pages)), gap=0))
        self.ready = False
        ui.run(lambda: render_pages(pdf, PREVIEW_DPI), self._show, lane="ocr")

    def _show(self, pages: list[QImage]) -> None:
        self._wait.hide()
        for at, image in enumerate(pages, start=1):
            page = QLabel()
            page.setPixmap(QPixmap.fromImage(image))
            page.setProperty("role", "card")
            page.setAccessibleName(self.ui.text("report.page_of", page=at, total=len(pages)))
            self._pages.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        self.count.setText(self.ui.text("ui_reports.pages", n=len(pages)))
        self.ready = True

    def print_pages(self) -> None:
        """Ask for a printer and send the pages."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        chosen = QPrintDialog(printer, self)
        if chosen.exec() != QDialog.DialogCode.Accepted:
            return
        self.ui.run(
            lambda: render_pages(self._pdf, PRINT_DPI), lambda p: paint(printer, p), lane="ocr"
        )


def paint(printer: QPrinter, pages: list[QImage]) -> None:
    """Put each picture on a page of its own."""
    painter = QPainter(printer)
    for at, image in enumerate(pages):
        if at:
            printer.newPage()
        painter.drawImage(printer.paperRect(QPrinter.Unit.DevicePixel), image)
    painter.end()
