"""Editions of the article in hand: since when each holds, and two of them side by side (KB-02)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.services.knowledge_history import Edition, Line, compare
from desktop.services.knowledge_items import KnowledgeItem
from ui.context import Ui
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.layout import box, clear, column, label, row, rule
from ui.widgets.text import Pill

_MARKS = {"same": "", "gone": "−", "new": "+"}
_TONES = {"same": "", "gone": "bad", "new": "good"}


class HistoryBox(QWidget):
    """Opened by a press, because it reads every pack of this PC."""

    shown = Signal()
    """Editions or their differences stand here now: to be brought into sight."""

    def __init__(self, ui: Ui) -> None:
        super().__init__()
        self._ui = ui
        self._item: KnowledgeItem | None = None
        self.open_button = Button(ui.text("ui_knowledge.history"), self.look, variant="link")
        self._list, self._lines = column(gap=6), column(gap=4)
        self.setLayout(column(rule(), row(self.open_button, None), self._list, self._lines, gap=8))

    def show_item(self, item: KnowledgeItem | None) -> None:
        """Begin closed for another article."""
        self._item = item
        clear(self._list)
        clear(self._lines)
        self.open_button.setVisible(item is not None)

    def look(self) -> None:
        """Read the editions."""
        item = self._item
        if item is not None:
            wanted = item.id
            self._ui.run(lambda: self._ui.desk.knowledge_history(wanted), partial(self._show, item))

    def _show(self, item: KnowledgeItem, found: Sequence[Edition]) -> None:
        if item is not self._item:
            return
        clear(self._list)
        clear(self._lines)
        text = self._ui.text
        if len(found) < 2:
            self._list.addWidget(label(text("ui_knowledge.history_one"), "small", wrap=True))
        for at, edition in enumerate(found):
            earlier = found[at + 1] if at + 1 < len(found) else None
            self._list.addWidget(self._line(edition, earlier))
        self.shown.emit()

    def _line(self, edition: Edition, earlier: Edition | None) -> QWidget:
        text, day = self._ui.text, self._ui.formats.short_date
        item = edition.item
        words = text("ui_knowledge.edition", n=item.version, since=day(edition.since))
        line = row(label(words, "smallstrong"), gap=8)
        line.addWidget(label(text("ui_knowledge.in_pack", version=edition.pack), "small"))
        if edition.upcoming:
            line.addWidget(Pill(text("ui_knowledge.upcoming"), "info"))
        line.addStretch(1)
        if earlier is not None:
            act = partial(self._compare, earlier, edition)
            name = text("ui_knowledge.compare_name", edition=words)
            words = text("ui_knowledge.compare")
            line.addWidget(Button(words, act, variant="link", accessible=name))
        return box(line)

    def _compare(self, before: Edition, after: Edition) -> None:
        clear(self._lines)
        for line in compare(before.item, after.item, self._ui.texts.lang):
            self._lines.addWidget(self._shown(line))
        self.shown.emit()

    def _shown(self, line: Line) -> QWidget:
        """Show a line with its mark; what is gone is struck out as well as red."""
        words = label(line.text, wrap=True, tone=_TONES[line.change])
        if line.change == "gone":
            font = words.font()
            font.setStrikeOut(True)
            words.setFont(font)
        if line.change != "same":
            words.setAccessibleName(f"{self._ui.text(f'ui_knowledge.{line.change}')} {line.text}")
        mark = label(_MARKS[line.change], "strong", tone=_TONES[line.change])
        mark.setFixedWidth(theme().px(16))
        shown = row(gap=4)
        shown.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        shown.addWidget(words, 1)
        return box(shown)
