"""The ring around what has the keyboard, for widgets that the style sheet draws none for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.tokens import RADIUS_CONTROL

RING_WIDTH = 2


class FocusRing(QWidget):
    """Lies over `around` while that has the focus; moves nothing and takes no mouse."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self._around = around
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()
        around.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come and go with the focus, grow and shrink with the widget."""
        if watched is self._around:
            if event.type() == QEvent.Type.FocusIn:
                self.setGeometry(self._around.rect())
                self.raise_()
                self.show()
            elif event.type() == QEvent.Type.FocusOut:
                self.hide()
            elif event.type() == QEvent.Type.Resize:
                self.setGeometry(self._around.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring in the colour of the focus."""
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().colour("focus"), px(RING_WIDTH)))
        inset = px(RING_WIDTH) / 2
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(rect, px(RADIUS_CONTROL), px(RADIUS_CONTROL))
        painter.end()
