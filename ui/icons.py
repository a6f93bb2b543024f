"""One family of icons (Lucide), drawn from SVG in the colour of a token at any size."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import theme


@cache
def _source(name: str) -> str:
    return (files("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = _source(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(svg.encode("utf-8")))


def paint_icon(painter: QPainter, name: str, rect: QRectF, token: str) -> None:
    """Paint icon `name` into `rect` in the colour of `token`.

    Raises FileNotFoundError when the icon is not bundled.
    """
    _renderer(name, str(getattr(theme().tokens, token))).render(painter, rect)


class _Engine(QIconEngine):
    """Paints the icon in the theme in force at that moment, so a theme change needs no new icon."""

    def __init__(self, name: str, token: str, disabled: str) -> None:
        super().__init__()
        self._name, self._token, self._disabled = name, token, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint into `rect`; disabled controls use the disabled token."""
        del state
        token = self._disabled if mode == QIcon.Mode.Disabled else self._token
        side = min(rect.width(), rect.height())
        x = rect.x() + (rect.width() - side) / 2
        y = rect.y() + (rect.height() - side) / 2
        paint_icon(painter, self._name, QRectF(x, y, side, side), token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a transparent picture of `size` device pixels."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        """Return an equal engine."""
        return _Engine(self._name, self._token, self._disabled)


def icon(name: str, colour: str = "ink", disabled: str = "on_disabled") -> QIcon:
    """Return the bundled icon `name` in the token `colour`."""
    _source(name)
    return QIcon(_Engine(name, colour, disabled))
