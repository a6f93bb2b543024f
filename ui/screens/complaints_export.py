"""The list as a file or on paper: written in the background with progress, and stopped at will."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QWidget

from desktop.services.exporting import Cancelled
from desktop.services.list_views import View
from desktop.services.ticket_ports import TicketRow
from ui.background import Job
from ui.context import Ui
from ui.models.tickets import COLUMNS, TicketModel
from ui.tokens import FONT_FAMILY
from ui.widgets.buttons import Button
from ui.widgets.layout import box, label, row
from ui.widgets.progress import ProgressStrip

if TYPE_CHECKING:
    from desktop.services.ticket_ports import TicketFilter

#: More rows are a file's business, not a printer's.
MOST_PRINTED: Final = 2000
_PRINTED: Final = ("level", "number", "summary", "customer", "code", "due", "opened")


class ListExport:
    """Writes and prints what the table shows; `strip` says how far it is."""

    def __init__(self, ui: Ui, model: TicketModel) -> None:
        self._ui, self._model = ui, model
        self._job: Job | None = None
        self._words = label("", "small")
        self._bar = ProgressStrip()
        stop = Button(ui.text("ui_complaints.cancel"), self.cancel, variant="link")
        self.strip: QWidget = box(row(self._words, self._bar, stop, gap=12))
        self.strip.hide()

    @property
    def running(self) -> bool:
        """Tell whether a file is being written."""
        return self._job is not None

    def cancel(self) -> None:
        """Stop; nothing of the file is kept."""
        if self._job is not None:
            self._job.stop()

    def write(self, path: Path, what: View | Sequence[TicketRow]) -> None:
        """Write the rows of a view, or rows chosen, to `path` (.csv, else XLSX)."""
        if self._job is not None:
            self._ui.say(self._ui.text("ui_complaints.export.busy"), "warn")
            return
        ui, exporting = self._ui, self._ui.desk.exporting
        wanted = self._wanted(what)
        heading = [ui.text(f"ui_complaints.column.{name}") for name in COLUMNS]
        cells = self._model.exported

        def work(job: Job) -> int | None:
            try:
                return exporting.write(
                    path, wanted, heading, cells, lambda done, of: job.progress((done, of)),
                    lambda: job.stopping,
                )  # fmt: skip
            except Cancelled:
                return None

        self._show(0, 1)
        self.strip.show()
        self._job = ui.run_with_progress(
            work,
            lambda count: self._written(path, count),
            lambda at: self._show(*at),
            lane="files",
            on_error=self._failed,
        )

    def _wanted(self, what: View | Sequence[TicketRow]) -> TicketFilter | Sequence[TicketRow]:
        if isinstance(what, View):
            return what.filter(self._ui.desk.now(), self._ui.formats.zone)
        return what

    def _show(self, done: int, total: int) -> None:
        self._bar.set(done / max(total, 1), "info")
        self._words.setText(self._ui.text("ui_complaints.export.at", n=f"{done:,}"))

    def _written(self, path: Path, count: int | None) -> None:
        self._ended()
        if count is None:
            self._ui.say(self._ui.text("ui_complaints.export.stopped"), "neutral")
        else:
            done = self._ui.text("ui_complaints.export.done", n=f"{count:,}", name=path.name)
            self._ui.say(done)

    def _failed(self, message: str) -> None:
        self._ended()
        self._ui.say(message, "bad")

    def _ended(self) -> None:
        self._job = None
        self.strip.hide()

    def print(self, window: QWidget, title: str, what: View | Sequence[TicketRow]) -> None:
        """Show the list as it would be printed, the first MOST_PRINTED rows of it."""
        wanted, desk, heading = self._wanted(what), self._ui.desk, self._heading()

        def paper() -> bytes:
            if isinstance(wanted, Sequence):
                found = wanted[:MOST_PRINTED]
            else:
                found = desk.page(wanted, None, MOST_PRINTED)
            return list_pdf(title, heading, [self._printed(row) for row in found])

        def preview(pdf: bytes) -> None:
            from ui.widgets.print_preview import PrintPreview

            PrintPreview(self._ui, window, title, pdf, "list").open()

        # Two thousand rows take over a second to lay out.
        self._ui.run(paper, preview, lane="files")

    def _heading(self) -> list[str]:
        return [self._ui.text(f"ui_complaints.column.{name}") for name in _PRINTED]

    def _printed(self, found: TicketRow) -> list[str]:
        return [self._model.cell(found, name) for name in _PRINTED]


def list_pdf(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table on A4, lengthwise, the heading on every page."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    layout = QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4),
        QPageLayout.Orientation.Landscape,
        QMarginsF(12, 12, 12, 14),
        QPageLayout.Unit.Millimeter,
    )
    writer.setPageLayout(layout)
    writer.setResolution(96)
    document = QTextDocument()
    document.setDocumentMargin(0)
    # With a page size of its own it adds no margins to the paper's.
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    document.setHtml(_html(title, heading, rows))
    document.print_(writer)
    del writer
    buffer.close()
    return bytes(content.data())


def _html(title: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cell = _cell("td")
    body = "".join(f"<tr>{''.join(cell(value) for value in line)}</tr>" for line in rows)
    head = "".join(_cell("th")(name) for name in heading)
    return (
        f"<style>body {{ font-family: '{FONT_FAMILY}'; font-size: 9pt }} th {{ text-align: left; "
        "background: #eef1f4 } td, th { padding: 3px 6px; border-bottom: 1px solid #c3cad5 }"
        f"</style><h3>{html.escape(title)}</h3><table width='100%' cellspacing='0'>"
        f"<thead><tr>{head}</tr></thead>{body}</table>"
    )


def _cell(tag: str) -> Callable[[str], str]:
    return lambda value: f"<{tag}>{html.escape(value)}</{tag}>"
