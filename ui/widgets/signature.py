"""A pad to sign on with mouse, pen or finger; gives the signature as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme

PEN_WIDTH = 3
PICTURE_SCALE = 2
"""The picture has twice the pad's pixels, so that it prints well."""
LEAST_POINTS = 8
"""Fewer points are a slip of the hand, no signature."""


class SignaturePad(QWidget):
    """Paper is white whatever the theme; `changed` tells that a stroke was drawn or all cleared."""

    accessible_role = QAccessible.Role.Canvas
    changed = Signal()

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self._strokes: list[list[QPointF]] = []
        self._hint = hint
        self.setAccessibleName(name)
        self.setAccessibleDescription(hint)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumHeight(theme().px(140))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def signed(self) -> bool:
        """Whether enough was drawn to be a signature."""
        return sum(len(stroke) for stroke in self._strokes) >= LEAST_POINTS

    def draw(self, stroke: Sequence[QPointF]) -> None:
        """Add a stroke, as a pen driver or a picture of this pad does."""
        self._strokes.append(list(stroke))
        self.update()
        self.changed.emit()

    def clear(self) -> None:
        """Take everything away."""
        self._strokes = []
        self.update()
        self.changed.emit()

    def picture(self) -> QImage:
        """Return the signature in black on white."""
        image = QImage(self.size() * PICTURE_SCALE, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.scale(PICTURE_SCALE, PICTURE_SCALE)
        self._draw(painter)
        painter.end()
        return image

    def sizeHint(self) -> QSize:
        """Ask for the shape of a signature line."""
        return QSize(theme().px(360), theme().px(140))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._strokes.append([event.position()])
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        if self._strokes and event.buttons() & Qt.MouseButton.LeftButton:
            self._strokes[-1].append(event.position())
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the stroke."""
        self.changed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint paper, line and strokes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.45)
        painter.setBrush(Qt.GlobalColor.white)
        painter.setPen(QPen(theme().colour("line_strong")))
        radius = theme().px(8)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), radius, radius)
        if not self._strokes:
            painter.setPen(Qt.GlobalColor.darkGray)
            painter.setFont(theme().font("small"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._hint)
        self._draw(painter)
        painter.end()

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(Qt.GlobalColor.black, theme().px(PEN_WIDTH))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            path = QPainterPath(stroke[0])
            for point in stroke[1:]:
                path.lineTo(point)
            painter.drawPath(path)
