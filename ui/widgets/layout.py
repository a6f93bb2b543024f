"""Boxes to put things in: rows, columns, cards, wrapping flows and scrolling pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.theme import theme
from ui.widgets.kept_keyboard import give_back, held_in

Margins = tuple[int, int, int, int]
Item = QWidget | QLayout | int | None
NO_MARGINS: Margins = (0, 0, 0, 0)


def _fill(box: QBoxLayout, items: tuple[Item, ...], gap: int, margins: Margins) -> None:
    px = theme().px
    box.setSpacing(px(gap))
    left, top, right, bottom = (px(m) for m in margins)
    box.setContentsMargins(left, top, right, bottom)
    for item in items:
        if item is None:
            box.addStretch(1)
        elif isinstance(item, int):
            box.addSpacing(px(item))
        elif isinstance(item, QWidget):
            box.addWidget(item)
        else:
            box.addLayout(item)


def column(*items: Item, gap: int = 8, margins: Margins = NO_MARGINS) -> QVBoxLayout:
    """Stack `items`; None is a stretch, a number a space in logical pixels."""
    box = QVBoxLayout()
    _fill(box, items, gap, margins)
    return box


def row(*items: Item, gap: int = 8, margins: Margins = NO_MARGINS) -> QHBoxLayout:
    """Put `items` side by side; None is a stretch, a number a space in logical pixels."""
    box = QHBoxLayout()
    _fill(box, items, gap, margins)
    return box


def box(layout: QLayout) -> QWidget:
    """Wrap a layout in a plain widget."""
    widget = QWidget()
    widget.setLayout(layout)
    return widget


def label(text: str, role: str = "", *, wrap: bool = False, tone: str = "") -> QLabel:
    """Return a plain-text label in a role of the style sheet (title, heading, small …)."""
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        widget.setProperty("role", role)
    if tone:
        widget.setProperty("tone", tone)
    if wrap:
        widget.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        widget.setSizePolicy(policy)
        widget.setMinimumWidth(1)
    return widget


def rule() -> QFrame:
    """Return a thin dividing line."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def restyle(widget: QWidget) -> None:
    """Make the style sheet look at the widget's properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def clear(layout: QLayout) -> None:
    """Remove and delete everything in a layout; what comes instead keeps the keyboard."""
    held = held_in(layout)
    _empty(layout)
    if held is not None:
        give_back(layout, held)


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            _empty(inner)


class Card(QFrame):
    """A white panel with rounded corners and, when given, a heading."""

    accessible_role = QAccessible.Role.Grouping

    def __init__(self, title: str = "", *, margins: Margins = (20, 16, 20, 16)) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.head = row(gap=8)
        self.body = column(self.head, gap=8, margins=margins)
        self.setLayout(self.body)
        self.heading = label(title, "heading", wrap=True)
        self.head.addWidget(self.heading, 1)
        self.heading.setVisible(bool(title))
        if title:
            self.setAccessibleName(title)

    def add(self, *items: Item) -> None:
        """Append items below the heading."""
        for item in items:
            if item is None:
                self.body.addStretch(1)
            elif isinstance(item, int):
                self.body.addSpacing(theme().px(item))
            elif isinstance(item, QWidget):
                self.body.addWidget(item)
            else:
                self.body.addLayout(item)

    def set_title(self, title: str) -> None:
        """Replace the heading."""
        self.heading.setText(title)
        self.heading.setVisible(bool(title))
        self.setAccessibleName(title)


class Scroll(QScrollArea):
    """A page that scrolls downwards when it does not fit and never sideways.

    Qt's own resizable mode ignores that wrapped text needs more height in less width.
    """

    accessible_role = QAccessible.Role.Pane

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        content.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._bring_into_sight)

    def _bring_into_sight(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Show what the program or a key gave the keyboard; under a mouse nothing moves away."""
        if now is None or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        content = self.widget()
        if content is not None and self.isVisible() and content.isAncestorOf(now):
            self._fit()
            _settle_places(content, now)  # one that was made just now has no place yet
            self.ensureWidgetVisible(now, 0, theme().px(24))

    def show_from_top(self, part: QWidget) -> None:
        """Scroll until `part` begins at the upper edge, once the page is laid out."""
        QTimer.singleShot(0, part, lambda: self._lift(part))

    def _lift(self, part: QWidget) -> None:
        content = self.widget()
        if content is not None:
            self._fit()
            self.verticalScrollBar().setValue(part.mapTo(content, QPoint(0, 0)).y())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit again when something in the page grew or shrank."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page the width of the view and the height it then needs."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        content, room = self.widget(), self.viewport().size()
        layout = content.layout() if content is not None else None
        if content is None or layout is None:
            return
        layout.activate()
        needed = layout.totalMinimumSize().height()
        if layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(room.width())
        content.resize(room.width(), max(needed, room.height()))


def _settle_places(content: QWidget, part: QWidget) -> None:
    """Lay out what stands between `content` and `part`, from the outside in."""
    around, chain = part.parentWidget(), list[QWidget]()
    while around is not None and around is not content:
        chain.append(around)
        around = around.parentWidget()
    for widget in reversed(chain):
        layout = widget.layout()
        if layout is not None:
            layout.activate()


class Flow(QLayout):
    """Lays items from left to right and wraps them; for chips and pills."""

    def __init__(self, gap: int = 8, between_lines: int | None = None) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = theme().px(gap)
        self._leading = self._gap if between_lines is None else theme().px(between_lines)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, None beyond the end as Qt asks."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out, None beyond the end as Qt asks."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Claim no extra space."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Depend on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height that the items need in `width` pixels."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Ask for one line; less room wraps it."""
        hints = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(hint.width() for hint in hints) + self._gap * max(len(hints) - 1, 0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:
        """Return the size of the widest item."""
        size = QSize(0, 0)
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            hint = item.sizeHint()
            width = min(hint.width(), max(rect.width(), 1))
            height = item.heightForWidth(width) if item.hasHeightForWidth() else hint.height()
            if x + width > rect.right() + 1 and line > 0:
                x, y, line = rect.x(), y + line + self._leading, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, height)))
            x, line = x + width + self._gap, max(line, height)
        return y + line - rect.y()


def order_tabs(root: QWidget) -> None:
    """Let Tab go through a page as it is laid out; what was made last would come last."""
    for before, after in pairwise(list(stops(root))):
        QWidget.setTabOrder(before, after)


def stops(widget: QWidget) -> Iterator[QWidget]:
    """Go through what can take the keyboard in a page, hidden or not, as it is laid out."""
    if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
        yield widget
    layout = widget.layout()
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        if inside is not None:
            yield from stops(inside)
    elif layout is not None:
        yield from _stops_of(layout)


def _stops_of(layout: QLayout) -> Iterator[QWidget]:
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            yield from stops(widget)
        elif inner is not None:
            yield from _stops_of(inner)
