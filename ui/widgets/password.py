"""A line that hides what is typed, with an eye to look at it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from desktop.texts import Texts
from ui.icons import paint_icon
from ui.theme import theme
from ui.widgets.inputs import LineEdit


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
