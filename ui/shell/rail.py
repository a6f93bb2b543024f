"""The rail at the left: one entry a screen, each with its icon, word and key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from ui.icons import paint_icon
from ui.theme import theme
from ui.tokens import RAIL_WIDTH
from ui.widgets.buttons import PushButton
from ui.widgets.layout import column, label

COMPACT_WIDTH = 60


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One entry: the screen's name, its icon, its words and its key."""

    name: str
    icon: str
    text: str
    keys: str


class _RailButton(PushButton):
    def __init__(self, entry: RailEntry) -> None:
        super().__init__()
        self._entry = entry
        self._badge, self._compact = 0, False
        self.setProperty("variant", "rail")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolTip(f"{entry.text} ({entry.keys})")
        self.name, self.again = entry.name, False
        self.setAccessibleName(entry.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme().px(56))

    def nextCheckState(self) -> None:
        """Note whether a press changes anything: one of the entry in front does not."""
        self.again = self.isChecked()
        super().nextCheckState()

    def set_badge(self, count: int) -> None:
        self._badge = count
        self.setAccessibleName(f"{self._entry.text} {count}" if count else self._entry.text)
        self.update()

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.setFixedHeight(theme().px(44 if compact else 56))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(44), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px, colour = theme().px, theme().colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = "rail_ink_active" if self.isChecked() else "rail_ink"
        side = px(20)
        top = (self.height() - side) / 2 if self._compact else px(9)
        where = QRectF((self.width() - side) / 2, top, side, side)
        paint_icon(painter, self._entry.icon, where, ink)
        if not self._compact:
            font = theme().font("small", bold=self.isChecked())
            painter.setFont(font)
            painter.setPen(colour(ink))
            words = QFontMetrics(font).elidedText(
                self._entry.text, Qt.TextElideMode.ElideRight, self.width() - px(4)
            )
            place = QRectF(0, px(31), self.width(), px(20))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
        if self._badge:
            self._paint_badge(painter, where)
        painter.end()

    def _paint_badge(self, painter: QPainter, where: QRectF) -> None:
        px, colour = theme().px, theme().colour
        dot = QRectF(where.right() - px(2), where.top() - px(4), px(18), px(16))
        dot.moveRight(min(dot.right(), float(self.width() - px(3))))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("bad_soft"))
        painter.drawRoundedRect(dot, px(8), px(8))
        painter.setPen(colour("bad"))
        painter.setFont(theme().font("tiny", bold=True))
        text = str(self._badge) if self._badge < 100 else "99"
        painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, text)


class Rail(QFrame):
    """The entries that exist, from top to bottom."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[RailEntry], name: str, logo: str) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName(name)
        px = theme().px
        mark = label(logo, "logo")
        mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        mark.setFixedSize(px(40), px(40))
        body = column(gap=4, margins=(8, 16, 8, 12))
        body.addWidget(mark, 0, Qt.AlignmentFlag.AlignHCenter)
        body.addSpacing(px(14))
        self._buttons: dict[str, _RailButton] = {}
        for entry in entries:
            button = _RailButton(entry)
            # A screen reader checks an entry without clicking it.
            button.toggled.connect(partial(self._checked, entry.name))
            button.clicked.connect(lambda _on=False, button=button: self._clicked(button))
            self._buttons[entry.name] = button
            body.addWidget(button)
        body.addStretch(1)
        self.setLayout(body)
        self.set_compact(False)

    def _checked(self, name: str, on: bool) -> None:
        if on:
            self.chosen.emit(name)

    def _clicked(self, button: _RailButton) -> None:
        if button.again:
            self.chosen.emit(button.name)

    def select(self, name: str) -> None:
        """Mark the entry of the screen shown; no entry for a screen of the person menu."""
        for known, button in self._buttons.items():
            # Exclusive buttons cannot all be off.
            button.setAutoExclusive(False)
            button.blockSignals(True)
            button.setChecked(known == name)
            button.blockSignals(False)
            button.setAutoExclusive(True)

    def set_badge(self, name: str, count: int) -> None:
        """Show a count on an entry, 0 for none."""
        self._buttons[name].set_badge(count)

    def set_compact(self, compact: bool) -> None:
        """Show icons only when the window is narrow."""
        self.setFixedWidth(theme().px(COMPACT_WIDTH if compact else RAIL_WIDTH))
        for button in self._buttons.values():
            button.set_compact(compact)
