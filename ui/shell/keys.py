"""F1: the keys that work here, over the screen and without stopping it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from shiboken6 import isValid

from desktop.texts import Texts
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.layout import Card, Scroll, box, label

KeyRow = tuple[str, str]
"""The keys as written, and what they do."""


class KeyList(Card):
    """A panel over the window; Esc or F1 closes it."""

    def __init__(self, parent: QWidget, texts: Texts) -> None:
        super().__init__(texts.get("ui.keys.title"))
        self.setParent(parent)
        self._texts = texts
        self.setProperty("role", "popup")
        self.head.addWidget(
            Button("", self.hide, variant="ghost", icon="x", accessible=texts.get("ui.close"))
        )
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().px(24))
        self._grid.setVerticalSpacing(theme().px(6))
        self._grid.setColumnStretch(1, 1)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._body = box(self._grid)
        self.add(Scroll(self._body))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: QWidget | None = None
        self.hide()

    def open(self, everywhere: Sequence[KeyRow], here: Sequence[KeyRow]) -> None:
        """Show the keys of the window and of the screen in front."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        line = 0
        for title, keys in (("ui.keys.here", here), ("ui.keys.everywhere", everywhere)):
            if not keys:
                continue
            if line:
                self._grid.setRowMinimumHeight(line, theme().px(6))
                line += 1
            self._grid.addWidget(label(self._texts.get(title), "smallstrong"), line, 0, 1, 2)
            line += 1
            for key, meaning in keys:
                self._grid.addWidget(label(key, "kbd"), line, 0, Qt.AlignmentFlag.AlignLeft)
                self._grid.addWidget(label(meaning), line, 1)
                line += 1
        parent = self.parentWidget()
        if parent is not None:
            # As large as its keys, within the window; more scrolls.
            self.ensurePolished()
            needed, px = self._grid.totalSizeHint(), theme().px
            width = max(needed.width() + px(52), px(360))
            height = needed.height() + self.head.sizeHint().height() + px(48)
            self.resize(QSize(width, height).boundedTo(parent.size() * 0.9))
            self.move((parent.width() - self.width()) // 2, (parent.height() - self.height()) // 2)
        self._before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the keyboard back to where it was."""
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc and F1."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F1):
            self.hide()
        else:
            super().keyPressEvent(event)
