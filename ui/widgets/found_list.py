"""A list of what was found: a strong title and one quiet line below it, no sideways scrolling."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.icons import paint_icon
from ui.theme import theme
from ui.widgets.focus_ring import FocusRing

ROW_HEIGHT = 56
_ICON = Qt.ItemDataRole.UserRole + 1


class _TwoLines(QStyledItemDelegate):
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        px, colour = theme().px, theme().colour
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect).adjusted(0, 1, -px(4), -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accent_soft"))
            painter.drawRoundedRect(rect, px(8), px(8))
        title, _, note = str(index.data(Qt.ItemDataRole.DisplayRole) or "").partition("\n")
        inner = rect.adjusted(px(10), px(7), -px(10), -px(7))
        picture = index.data(_ICON)
        if picture:
            side = px(18)
            top = inner.top() + (inner.height() - side) / 2
            paint_icon(painter, picture, QRectF(inner.left(), top, side, side), "muted")
            inner.setLeft(inner.left() + side + px(12))
        middle = inner.height() / 2
        for words, font, ink, top in (
            (title, theme().font("body", bold=True), "ink", inner.top()),
            (note, theme().font("small"), "muted", inner.top() + middle),
        ):
            painter.setFont(font)
            painter.setPen(colour(ink))
            shown = QFontMetrics(font).elidedText(
                words, Qt.TextElideMode.ElideRight, int(inner.width())
            )
            place = QRectF(inner.left(), top, inner.width(), middle)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        del option, index
        return QSize(theme().px(120), theme().px(ROW_HEIGHT))


class FoundList(QListWidget):
    """Items of `title` and `note`; `data` of an item is what it stands for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        FocusRing(self)
        self.setItemDelegate(_TwoLines(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(theme().px(ROW_HEIGHT) * 2)

    def show_rows(self, rows: int) -> None:
        """Keep to the height of `rows` items; more scroll."""
        self.setFixedHeight(theme().px(ROW_HEIGHT) * max(rows, 1) + theme().px(4))

    def add(self, title: str, note: str, data: object, icon: str = "") -> None:
        """Append an item; the picture of the family says what kind of thing it is."""
        item = QListWidgetItem(f"{' '.join(title.split())}\n{' '.join(note.split())}")
        item.setData(Qt.ItemDataRole.UserRole, data)
        item.setData(_ICON, icon)
        item.setToolTip(title)
        self.addItem(item)

    def current(self) -> object:
        """Return what the current item stands for, None without one."""
        item = self.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None
