"""A picture that can be zoomed, turned and moved, with boxes over the fields that were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.focus_ring import FocusRing
from ui.widgets.writing import written_part

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the picture as given."""

ZOOM_STEP = 1.25
ZOOM_MAX = 8.0
CROP_MAX = 4.0
"""A crop is not drawn larger than this: nothing more would be seen."""


def smaller_copies(image: QImage) -> tuple[QImage, ...]:
    """Return halves of halves of a picture, well filtered; slow, so off the GUI thread."""
    copies: list[QImage] = []
    current = image
    while current.width() > 600:
        half = current.size() / 2
        current = current.scaled(
            half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        copies.append(current)
    return tuple(copies)


class ImageView(QWidget):
    """Shows one picture; zoom 1 fits it into the view."""

    accessible_role = QAccessible.Role.Graphic
    box_clicked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self._smaller: tuple[QImage, ...] = ()
        self._boxes: dict[str, Box] = {}
        self._current: str | None = None
        self._zoom, self._turns = 1.0, 0
        self._centre: QPointF | None = None
        self._drag: QPointF | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.setMinimumSize(theme().px(200), theme().px(200))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_image(self, image: QImage, smaller: Sequence[QImage] = ()) -> None:
        """Show another picture, fitted and upright; `smaller` are its `smaller_copies`."""
        self._image, self._boxes, self._current = image, {}, None
        self._smaller = tuple(smaller)
        self._zoom, self._turns, self._centre = 1.0, 0, None
        self.update()

    @property
    def picture_size(self) -> QSize:
        """The size of the picture in its own pixels."""
        return self._image.size()

    def set_boxes(self, boxes: Mapping[str, Box], current: str | None = None) -> None:
        """Draw boxes by key, the current one strongly."""
        self._boxes, self._current = dict(boxes), current
        self.update()

    def set_current(self, key: str | None) -> None:
        """Mark a box and bring it into view when zoomed in."""
        self._current = key
        box = self._boxes.get(key or "")
        if box is not None and self._zoom > 1:
            self._centre = QPointF(box[0] + box[2] / 2, box[1] + box[3] / 2)
        self.update()

    def zoom(self, factor: float) -> None:
        """Multiply the zoom, within fit and eight times."""
        self._zoom = min(max(self._zoom * factor, 1.0), ZOOM_MAX)
        if self._zoom == 1.0:
            self._centre = None
        self.update()

    def fit(self) -> None:
        """Show the whole picture."""
        self._zoom, self._centre = 1.0, None
        self.update()

    def rotate(self) -> None:
        """Turn by a quarter clockwise; the boxes turn along."""
        self._turns = (self._turns + 1) % 4
        self._centre = None
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for a good part of a page."""
        return QSize(theme().px(560), theme().px(560))

    def transform(self) -> QTransform:
        """Return the map from picture pixels to view pixels."""
        size = self._image.size()
        if size.isEmpty():
            return QTransform()
        turned = size.transposed() if self._turns % 2 else size
        margin = theme().px(8)
        room = QSize(max(self.width() - 2 * margin, 1), max(self.height() - 2 * margin, 1))
        factor = min(room.width() / turned.width(), room.height() / turned.height()) * self._zoom
        centre = self._centre or QPointF(size.width() / 2, size.height() / 2)
        result = QTransform()
        result.translate(self.width() / 2, self.height() / 2)
        result.scale(factor, factor)
        result.rotate(90 * self._turns)
        result.translate(-centre.x(), -centre.y())
        return result

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint picture and boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._image.isNull():
            where = self.transform()
            painter.setTransform(where)
            painter.drawImage(QRectF(self._image.rect()), self._fitting(where))
            painter.resetTransform()
            for key, box in self._boxes.items():
                current = key == self._current
                pen = QPen(theme().colour("warn_strong" if current else "accent"))
                pen.setWidth(theme().px(3 if current else 1))
                painter.setPen(pen)
                grow = theme().px(3) if current else 0
                rect = where.mapRect(QRectF(*box)).adjusted(-grow, -grow, grow, grow)
                painter.drawRoundedRect(rect, theme().px(4), theme().px(4))
        painter.end()

    def _fitting(self, where: QTransform) -> QImage:
        """Return the smallest copy that need not be enlarged, so that thin lines stay whole."""
        factor = (where.m11() ** 2 + where.m12() ** 2) ** 0.5 * self.devicePixelRatioF()
        fitting = self._image
        for copy in self._smaller:
            if copy.width() >= self._image.width() * factor:
                fitting = copy
        return fitting

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with the wheel."""
        self.zoom(ZOOM_STEP if event.angleDelta().y() > 0 else 1 / ZOOM_STEP)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the box under the pointer, else start moving the picture."""
        back, _ok = self.transform().inverted()
        point = back.map(event.position())
        hits = [key for key, box in self._boxes.items() if QRectF(*box).contains(point)]
        if hits:
            self.box_clicked.emit(hits[0])
        self._drag = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture when zoomed in."""
        if self._drag is None or self._zoom == 1.0:
            return
        back, _ok = self.transform().inverted()
        moved = back.map(event.position()) - back.map(self._drag)
        centre = self._centre or QPointF(self._image.width() / 2, self._image.height() / 2)
        self._centre = centre - moved
        self._drag = event.position()
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Stop moving."""
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom, 0 fits, R turns."""
        acts = {"+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP}
        if event.text() in acts:
            self.zoom(acts[event.text()])
        elif event.text() == "0":
            self.fit()
        elif event.text().lower() == "r":
            self.rotate()
        else:
            super().keyPressEvent(event)


class CropView(QWidget):
    """The writing of one field cut out of its picture, as large as the view allows."""

    accessible_role = QAccessible.Role.Graphic

    def __init__(self, name: str) -> None:
        super().__init__()
        self._image = QImage()
        self._box: Box | None = None
        self.setAccessibleName(name)
        self.setMinimumHeight(theme().px(88))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_crop(self, image: QImage, box: Box | None, *, several: bool = False) -> None:
        """Show the writing in `box`, `several` lines of it or one; None shows nothing."""
        self._image = image
        self._box = None if box is None else written_part(image, box, several=several)
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for one line of handwriting."""
        return QSize(theme().px(320), theme().px(96))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the crop on white, whatever the theme: paper is white."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), theme().colour("sunken"))
        if self._box is not None and not self._image.isNull():
            x, y, w, h = self._box
            grow = min(0.3 * h, 0.03 * w)
            source = QRectF(x - grow, y - grow, w + 2 * grow, h + 2 * grow)
            factor = min(self.width() / source.width(), self.height() / source.height(), CROP_MAX)
            width, height = source.width() * factor, source.height() * factor
            left, top = (self.width() - width) / 2, (self.height() - height) / 2
            painter.drawImage(QRectF(left, top, width, height), self._image, source)
        painter.end()
