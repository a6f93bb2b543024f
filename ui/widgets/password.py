"""A line that hides what is typed, with an eye to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleTextInsertEvent,
    QContextMenuEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from desktop.texts import Texts
from ui.icons import paint_icon
from ui.theme import theme
from ui.widgets.inputs import LineEdit

_Key = QKeySequence.StandardKey
_REWRITING = (_Key.Paste, _Key.Undo, _Key.Redo)
_REMOVING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class PasswordLine(LineEdit):
    """Hides what is typed until its eye is pressed, or Ctrl+E, which needs no mouse."""

    def __init__(self, texts: Texts, placeholder: str = "") -> None:
        super().__init__(placeholder)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._texts = texts
        self.eye = _Eye(self)
        self.eye.toggled.connect(self._look)
        look = QShortcut(QKeySequence("Ctrl+E"), self)
        look.setContext(Qt.ShortcutContext.WidgetShortcut)
        look.activated.connect(self.eye.toggle)
        self.setTextMargins(0, 0, theme().px(26), 0)
        self._look(on=False)

    def clear(self) -> None:
        """Empty the line and hide what comes next."""
        super().clear()
        self.eye.setChecked(False)

    def _look(self, on: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
        words = self._texts.get("ui.password.hide" if on else "ui.password.show")
        self.eye.setAccessibleName(words)
        self.eye.setToolTip(f"{words} (Ctrl+E)")

    @contextmanager
    def _untold(self) -> Iterator[None]:
        """Keep accessibility from hearing what is typed; Qt gives it the letters, not the dots."""
        if self.echoMode() != QLineEdit.EchoMode.Password or not QAccessible.isActive():
            yield
            return
        before = len(self.text())
        QAccessible.setActive(False)
        try:
            yield
        finally:
            QAccessible.setActive(True)
        if len(self.text()) > before:  # the reader says its dot
            dots = self.displayText()[before:]
            QAccessible.updateAccessibility(QAccessibleTextInsertEvent(self, before, dots))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key; what it writes or removes is nobody else's to hear."""
        writes = bool(event.text()) and event.text().isprintable()
        if writes or event.key() in _REMOVING or any(event.matches(key) for key in _REWRITING):
            with self._untold():
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what an input method writes, untold as well."""
        with self._untold():
            super().inputMethodEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer no menu: its Paste would tell what it pastes, Ctrl+V does not."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the eye at the right end."""
        super().resizeEvent(event)
        side = self.height()
        self.eye.setGeometry(self.width() - side, 0, side, side)


class _Eye(QAbstractButton):
    """As large as its line is high; Tab passes it by, for the keys do the same."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the middle, in the accent while the words are seen."""
        side = theme().px(18)
        square = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter = QPainter(self)
        paint_icon(painter, "eye", square, "accent_ink" if self.isChecked() else "muted")
        painter.end()
