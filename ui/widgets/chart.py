"""A chart of the report model on screen: the same shapes as on paper, each mark opens its cases."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.domain.analytics import drawing
from desktop.domain.analytics.report import ChartBlock
from ui.theme import theme
from ui.widgets.focus_ring import FocusRing

#: Screen pixels a point of the drawing, at 100 %.
ZOOM = 1.42
#: Widest that a chart is drawn, in points; beyond, space stays free at the right.
WIDEST = 960
_TONES = {"strong": "accent", "ink": "ink", "muted": "muted", "line": "line", "paper": "on_accent"}


class ChartView(QWidget):
    """Paints a chart; a click, or Enter on the mark in hand, asks for the cases behind it."""

    accessible_role = QAccessible.Role.Chart
    drilled = Signal(object)
    """The Drill of the mark that was chosen."""

    def __init__(self, chart: ChartBlock) -> None:
        super().__init__()
        self.chart = chart
        self._drawn = drawing.draw(chart, 480)
        self._current = -1
        self._marks = [at for at, mark in enumerate(chart.marks) if mark.drill is not None]
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(
            "; ".join(f"{m.label} {m.text}".strip() for m in chart.marks[:40])
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if self._marks else Qt.FocusPolicy.NoFocus)
        FocusRing(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(theme().px(320))

    @property
    def _zoom(self) -> float:
        return ZOOM * theme().scale

    def hasHeightForWidth(self) -> bool:
        """Depend on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the chart needs in `width` pixels."""
        points = min(width / self._zoom, WIDEST)
        return round(drawing.draw(self.chart, points).height * self._zoom) + 4

    def sizeHint(self) -> QSize:
        """Ask for a comfortable size."""
        width = theme().px(560)
        return QSize(width, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the marks out anew: a click may come before the next paint."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        self._drawn = drawing.draw(self.chart, min(self.width() / self._zoom, WIDEST))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shapes in the colours of the theme."""
        self._lay_out()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._zoom, self._zoom)
        for shape in self._drawn.shapes:
            self._paint(painter, shape)
        if self.hasFocus() and self._current >= 0:
            self._paint_focus(painter)
        painter.end()

    def _paint(self, painter: QPainter, shape: drawing.Shape) -> None:
        match shape:
            case drawing.Bar():
                painter.fillRect(
                    QRectF(shape.x, shape.y, shape.width, shape.height), self._fill(shape)
                )
            case drawing.Dot():
                painter.fillRect(QRectF(shape.x - 2, shape.y - 2, 4, 4), _colour(shape.tone))
            case drawing.Line():
                pen = QPen(_colour(shape.tone), shape.width)
                if shape.dashed:
                    pen.setDashPattern([3, 2])
                painter.setPen(pen)
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in shape.points]))
            case drawing.Label():
                self._paint_text(painter, shape)

    def _paint_text(self, painter: QPainter, label: drawing.Label) -> None:
        font = QFont(theme().font())
        font.setPointSizeF(-1) if label.size < 0 else font.setPixelSize(32)
        font.setBold(label.bold)
        # Set large and scaled down, so that fractions of a pixel keep their width.
        factor = label.size / 32
        width = QFontMetricsF(font).horizontalAdvance(label.text) * factor
        shift = {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
        painter.save()
        painter.translate(label.x - shift, label.y)
        painter.scale(factor, factor)
        painter.setFont(font)
        painter.setPen(_colour(label.tone))
        painter.drawText(QPointF(0, 0), label.text)
        painter.restore()

    def _fill(self, bar: drawing.Bar) -> QColor:
        if bar.tone != "heat":
            return _colour(bar.tone)
        if not bar.level:
            return theme().colour("sunken")
        low, high = theme().colour("accent_soft"), theme().colour("accent_hover")
        mixed = [
            round(a + (b - a) * bar.level)
            for a, b in zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)  # type: ignore[index]
        ]
        return QColor(*mixed)

    def _paint_focus(self, painter: QPainter) -> None:
        box = self._box_of(self._current)
        if box is not None:
            painter.setPen(QPen(theme().colour("ink"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-1.5, -1.5, 1.5, 1.5))

    def _box_of(self, mark: int) -> QRectF | None:
        for shape in self._drawn.shapes:
            if isinstance(shape, drawing.Bar) and shape.mark == mark:
                return QRectF(shape.x, shape.y, shape.width, shape.height)
            if isinstance(shape, drawing.Dot) and shape.mark == mark:
                return QRectF(shape.x - 4, shape.y - 4, 8, 8)
        return None

    def mark_at(self, x: float, y: float) -> int:
        """Return the mark under a point, −1 for none; its whole row or column counts."""
        px, py = x / self._zoom, y / self._zoom
        rows = self.chart.kind in ("bars", "pareto")
        columns = self.chart.kind in ("trend", "columns")
        half = self._drawn.width / max(len(self.chart.marks), 1) / 2
        for mark in range(len(self.chart.marks)):
            box = self._box_of(mark)
            if box is None:
                continue
            inside = box.adjusted(-3, -3, 3, 3).contains(QPointF(px, py))
            if inside or (rows and box.top() - 3 <= py <= box.bottom() + 3):
                return mark
            if columns and abs(box.center().x() - px) <= half and 0 <= py <= self._drawn.height:
                return mark
        return -1

    def choose(self, mark: int) -> None:
        """Ask for the cases behind a mark, where there are any."""
        if 0 <= mark < len(self.chart.marks) and self.chart.marks[mark].drill is not None:
            self._current = mark
            self.update()
            self.drilled.emit(self.chart.marks[mark].drill)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the mouse."""
        mark = self.mark_at(event.position().x(), event.position().y())
        drill = mark >= 0 and self.chart.marks[mark].drill is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if drill else Qt.CursorShape.ArrowCursor)
        if mark >= 0:
            found = self.chart.marks[mark]
            QToolTip.showText(
                event.globalPosition().toPoint(), f"{found.label}  {found.text}", self
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the mark under the mouse."""
        self.choose(self.mark_at(event.position().x(), event.position().y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the marks with the arrows, choose with Enter."""
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
        }
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.choose(self._current)
        elif event.key() in steps and self._marks:
            at = self._marks.index(self._current) if self._current in self._marks else -1
            self._current = self._marks[(at + steps[Qt.Key(event.key())]) % len(self._marks)]
            self.update()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when fonts change."""
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)


def _colour(tone: str) -> QColor:
    if tone == "soft":
        return theme().colour("accent_line")
    return theme().colour(_TONES[tone])
