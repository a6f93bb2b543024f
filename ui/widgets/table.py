"""A calm table: tall rows, pills for states, single keys left to the window."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.icons import paint_icon
from ui.models.tickets import ICON_ROLE, PILL_ROLE, STRONG_ROLE
from ui.theme import theme
from ui.widgets.text import TONE_ICONS

ROW_HEIGHT = 48
#: Texts kept shaped for painting: those of some hundred rows.
SHAPED_KEPT = 4000


class CellDelegate(QStyledItemDelegate):
    """Paints text, or a pill where the model names a tone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shaped: dict[tuple[str, str, int], QStaticText] = {}

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        colour = theme().colour
        rect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour("accent_soft"))
        painter.setPen(colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        tone = index.data(PILL_ROLE)
        room = QRectF(rect).adjusted(theme().px(8), 0, -theme().px(6), 0)
        if tone:
            self._pill(painter, room, text, str(tone), str(index.data(ICON_ROLE) or ""))
        else:
            strong = bool(index.data(STRONG_ROLE))
            font = theme().font("body" if strong else "small", bold=strong)
            painter.setPen(colour("ink"))
            self._text(painter, font, text, room)
        painter.restore()

    def _pill(self, painter: QPainter, room: QRectF, text: str, tone: str, icon: str) -> None:
        px, tokens = theme().px, theme().tokens
        font = theme().font("small")
        picture = icon or TONE_ICONS[tone]  # type: ignore[index]
        extra = px(18) if picture else 0
        width = min(QFontMetrics(font).horizontalAdvance(text) + px(20) + extra, room.width())
        pill = QRectF(room.left(), room.center().y() - px(12), width, px(24))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(str(getattr(tokens, f"{tone}_soft"))))
        painter.drawRoundedRect(pill, px(12), px(12))
        left = pill.left() + px(10)
        if picture:
            side = px(14)
            paint_icon(
                painter, picture, QRectF(left, pill.center().y() - side / 2, side, side), tone
            )
            left += px(18)
        painter.setPen(QColor(str(getattr(tokens, tone))))
        place = QRectF(left, pill.top(), pill.right() - left - px(4) + 1, pill.height())
        self._text(painter, font, text, place)

    def _text(self, painter: QPainter, font: QFont, text: str, room: QRectF) -> None:
        """Draw one line; shaping Chinese costs most of a frame, so it is done once a text."""
        key = (text, font.key(), int(room.width()))
        found = self._shaped.get(key)
        if found is None:
            shown = QFontMetrics(font).elidedText(
                text, Qt.TextElideMode.ElideRight, int(room.width())
            )
            found = QStaticText(shown)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            found.prepare(font=font)
            if len(self._shaped) >= SHAPED_KEPT:
                self._shaped.clear()
            self._shaped[key] = found
        painter.setFont(font)
        top = room.top() + (room.height() - found.size().height()) / 2
        painter.drawStaticText(QPointF(room.left(), top), found)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return a tall row."""
        del option, index
        return QSize(theme().px(80), theme().px(ROW_HEIGHT))


class Table(QTableView):
    """Selects whole rows; Enter and double click choose one."""

    chosen = Signal(QModelIndex)
    resized = Signal()
    """The room for columns changed."""

    def __init__(self, name: str, parent: QWidget | None = None, *, many: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setItemDelegate(CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme().px(ROW_HEIGHT))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(self.chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell that there is another width to share."""
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter; leave letters to the window instead of searching by them."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.chosen.emit(self.currentIndex())
        elif event.text().strip() and event.text().isprintable():
            event.ignore()
        else:
            super().keyPressEvent(event)
