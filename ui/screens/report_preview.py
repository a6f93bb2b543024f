"""Print preview of a report: the pages as they are printed, and the files it may go to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.print_preview import PrintPreview

DOCUMENT = "report"
"""Reports share a printer, which is another one than that of slips."""


class ReportPreview(PrintPreview):
    """Shows the pages; prints them, or has them saved as a workbook by `save`."""

    def __init__(
        self, ui: Ui, title: str, pdf: bytes, save: Callable[[str], object] | None, parent: QWidget
    ) -> None:
        self._save_as = save
        super().__init__(ui, parent, title, pdf, DOCUMENT)

    def more_buttons(self) -> Sequence[Button]:
        """Return the other file that a report can be saved as; PDF is among the printers."""
        save, text = self._save_as, self._ui.text
        if save is None:
            return ()
        return [Button(text("ui_reports.xlsx"), partial(save, "xlsx"), icon="download")]
