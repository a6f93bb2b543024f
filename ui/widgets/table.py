"""A calm table: tall rows, pills for states, single keys left to the window."""

from __future__ import annotations

from dataclasses import dataclass

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
    QPen,
    QPixmap,
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
from ui.models.tickets import CELL_ROLE, Cell
from ui.theme import theme
from ui.tokens import Tokens
from ui.widgets.text import TONE_ICONS

ROW_HEIGHT = 48
#: Texts kept shaped for painting: those of some hundred rows.
SHAPED_KEPT = 4000


@dataclass(frozen=True, slots=True)
class _Look:
    """What every cell is painted with, taken from the theme once."""

    tokens: Tokens
    scale: float
    plain: QFont
    strong: QFont
    metrics: QFontMetrics
    ink: QPen
    line: QColor
    chosen: QColor
    left: int
    right: int
    pill: int
    icon: int

    @classmethod
    def of(cls, tokens: Tokens, scale: float) -> _Look:
        """Return the look of the theme in force."""
        px, colour = theme().px, theme().colour
        plain = theme().font("small")
        return cls(
            tokens=tokens,
            scale=scale,
            plain=plain,
            strong=theme().font("body", bold=True),
            metrics=QFontMetrics(plain),
            ink=QPen(colour("ink")),
            line=colour("line"),
            chosen=colour("accent_soft"),
            left=px(8),
            right=px(6),
            pill=px(24),
            icon=px(14),
        )


class CellDelegate(QStyledItemDelegate):
    """Paints text, or a pill where the model names a tone.

    A frame of scrolling paints every cell in sight: what two cells have in common is made once.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shaped: dict[tuple[str, bool, int], QStaticText] = {}
        self._icons: dict[tuple[str, str, float], QPixmap] = {}
        self._look: _Look | None = None

    def _current(self) -> _Look:
        tokens, scale, look = theme().tokens, theme().scale, self._look
        if look is None or look.tokens is not tokens or look.scale != scale:
            look = self._look = _Look.of(tokens, scale)
            self._shaped.clear()
            self._icons.clear()
        return look

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        look, rect = self._current(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.chosen)
        left, top, width, height = rect.left(), rect.top(), rect.width(), rect.height()
        painter.fillRect(left, top + height - 1, width, 1, look.line)
        cell = index.data(CELL_ROLE)
        if cell is None:
            return
        room = QRectF(left + look.left, top, width - look.left - look.right, height)
        if cell.tone:
            self._pill(painter, look, room, cell)
        elif cell.text:
            painter.setPen(look.ink)
            self._text(painter, look, cell.text, room, strong=cell.strong)

    def _pill(self, painter: QPainter, look: _Look, room: QRectF, cell: Cell) -> None:
        px, tone = theme().px, cell.tone
        picture = cell.icon or TONE_ICONS[tone]  # type: ignore[index]
        extra = px(18) if picture else 0
        width = min(look.metrics.horizontalAdvance(cell.text) + px(20) + extra, room.width())
        half = look.pill / 2
        pill = QRectF(room.left(), room.center().y() - half, width, look.pill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(str(getattr(look.tokens, f"{tone}_soft"))))
        painter.drawRoundedRect(pill, half, half)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        left = pill.left() + px(10)
        if picture:
            drawn = self._icon(picture, str(tone), look.icon, painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(left, pill.center().y() - look.icon / 2), drawn)
            left += px(18)
        painter.setPen(QColor(str(getattr(look.tokens, str(tone)))))
        place = QRectF(left, pill.top(), pill.right() - left - px(4) + 1, pill.height())
        self._text(painter, look, cell.text, place, strong=False)

    def _icon(self, name: str, tone: str, side: int, ratio: float) -> QPixmap:
        """Return an icon drawn once for this tone and sharpness."""
        found = self._icons.get((name, tone, ratio))
        if found is None:
            found = QPixmap(round(side * ratio), round(side * ratio))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            inner = QPainter(found)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_icon(inner, name, QRectF(0, 0, side, side), tone)
            inner.end()
            self._icons[name, tone, ratio] = found
        return found

    def _text(
        self, painter: QPainter, look: _Look, text: str, room: QRectF, *, strong: bool
    ) -> None:
        """Draw one line; shaping Chinese costs most of a frame, so it is done once a text."""
        key = (text, strong, int(room.width()))
        font = look.strong if strong else look.plain
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
