"""Attachments that could not be sent: which complaint and file, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.services.evidence_size import MOST_MIB
from desktop.services.sync_ports import StuckAttachment
from ui.context import Ui
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, box, clear, column, label, row
from ui.widgets.text import ElidedLabel

#: Digits of the SHA-256 by which a file without a name is called.
_HASH_DIGITS = 12


class StuckCard(Card):
    """Names each file, opens its complaint, and sends again when a person asks."""

    again_wanted = Signal()
    """Everything that waits may go again now."""
    shown = Signal()
    """The lines were made again."""

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui.text("ui_stuck.title"))
        self._ui = ui
        self.lines = column(gap=12)
        self.add(self.lines)
        self.again = Button(ui.text("ui_stuck.again"), self.send_again)
        self.add(row(self.again, None))
        self.hide()

    def refresh(self) -> None:
        """Read again."""
        self._ui.run(self._ui.desk.stuck_attachments, self._show)

    def send_again(self) -> None:
        """Ask for an exchange in which everything is tried."""
        self._ui.run(self._ui.desk.send_refused_again, lambda _: self.again_wanted.emit())

    def _show(self, found: Sequence[StuckAttachment]) -> None:
        clear(self.lines)
        for item in found:
            self.lines.addWidget(self._line(item))
        self.setVisible(bool(found))
        self.shown.emit()

    def _line(self, item: StuckAttachment) -> QWidget:
        text = self._ui.text
        title = item.name or text("ui_stuck.no_name", digits=item.sha256[:_HASH_DIGITS])
        about = " · ".join(filter(None, (item.number, self._ui.formats.size(item.size))))
        why = label(text(f"ui_stuck.why.{item.reason}", most=MOST_MIB), "muted", wrap=True)
        words = column(ElidedLabel(title, "strong"), ElidedLabel(about, "small"), why, gap=2)
        if item.reason == "refused" and item.detail:
            told = label(text("ui_sync.last_detail", detail=item.detail), "small", wrap=True)
            words.addWidget(told)
        line = row(gap=8)
        line.addLayout(words, 1)
        if item.stream and item.number:
            go = partial(self._ui.navigate.emit, "ticket", item.stream)
            line.addWidget(Button(text("ui.open"), go, accessible=f"{title} {about}"))
        return box(line)
