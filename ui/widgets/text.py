"""Small pieces of text that carry a state: elided labels, pills, clocks and key hints."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.formats import Formats, clock_tone
from ui.icons import paint_icon
from ui.theme import theme
from ui.tokens import Tone

WHOLE = 10_000
"""The least width of a pill that is never elided."""

TONE_ICONS: dict[Tone, str] = {
    "neutral": "",
    "accent": "",
    "info": "info",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
}


class ElidedLabel(QLabel):
    """One line that ends in … when it does not fit; the tooltip then has all of it."""

    def __init__(
        self, text: str = "", role: str = "", *, tone: str = "", hug: bool = False
    ) -> None:
        super().__init__()
        self._full = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        if tone:
            self.setProperty("tone", tone)
        # Hugging text takes its own width and no more, so that what follows stays close.
        width = QSizePolicy.Policy.Maximum if hug else QSizePolicy.Policy.Ignored
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(theme().px(24))
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show `text`, elided if need be."""
        self._full = " ".join(text.split())
        self.setAccessibleName(self._full)
        self.updateGeometry()
        self._elide()

    def full_text(self) -> str:
        """Return the text before eliding."""
        return self._full

    def sizeHint(self) -> QSize:
        """Ask for room for the whole text."""
        self.ensurePolished()
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Shrink to a few characters."""
        return QSize(theme().px(24), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again at the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self.ensurePolished()
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip("" if shown == self._full else self._full)


class Pill(QWidget):
    """A word on a soft ground with an icon, so that colour never speaks alone."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(
        self, text: str, tone: Tone = "neutral", *, icon: str | None = None, least: int = 56
    ) -> None:
        """Take the word and its tone; it is elided below `least` logical pixels of width at most.

        What must be read whole at any width gets WHOLE.
        """
        super().__init__()
        self._text, self._tone, self._least = text, tone, least
        self._icon = TONE_ICONS[tone] if icon is None else icon
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    @property
    def text(self) -> str:
        """Return the word shown."""
        return self._text

    @property
    def tone(self) -> Tone:
        """Return the tone shown."""
        return self._tone

    def set(self, text: str, tone: Tone, icon: str | None = None) -> None:
        """Show another word and tone; `icon=""` shows none."""
        if (text, tone) == (self._text, self._tone) and icon is None:
            return
        grown = len(text) != len(self._text)
        self._text, self._tone = text, tone
        self._icon = TONE_ICONS[tone] if icon is None else icon
        self.setAccessibleName(text)
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of icon, word and padding."""
        px = theme().px
        metrics = QFontMetrics(theme().font("small"))
        icon = px(14) + px(4) if self._icon else 0
        return QSize(metrics.horizontalAdvance(self._text) + icon + 2 * px(10), px(24))

    def minimumSizeHint(self) -> QSize:
        """Allow eliding down to a few characters."""
        return QSize(min(self.sizeHint().width(), theme().px(self._least)), theme().px(24))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, icon and word in the tokens of the theme."""
        px, tokens = theme().px, theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.soft_of(self._tone)))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        left = float(px(10))
        ink = "accent_ink" if self._tone == "accent" else self._tone
        if self._icon:
            side = px(14)
            square = QRectF(left, (rect.height() - side) / 2, side, side)
            paint_icon(painter, self._icon, square, ink)
            left += side + px(4)
        font = theme().font("small")
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_of(self._tone)))
        room = rect.width() - left - px(8)
        text = QFontMetrics(font).elidedText(
            self._text, Qt.TextElideMode.ElideRight, int(room) + px(1)
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(left, 0, room + px(2), rect.height()), flags, text)
        painter.end()


class ClockPill(Pill):
    """Time left on a named clock ("剩 27:10"); its tooltip says which rule won and which lost."""

    def __init__(self, formats: Formats, due: datetime | None, *, name: str = "") -> None:
        self._formats, self.due, self._name = formats, due, name
        super().__init__("", "neutral", icon="clock")

    def set_reason(self, rule: str, lost: tuple[str, ...] = ()) -> None:
        """Put the winning rule and the lost rows into the tooltip (decision D1)."""
        lines = [rule] if rule else []
        if self.due is not None:
            lines.append(self._formats.text("ui.clock.due", when=self._formats.moment(self.due)))
        if lost:
            lines.append(self._formats.text("ui.clock.lost", rows="\n· ".join(("", *lost))))
        self.setToolTip("\n".join(lines))
        self.setAccessibleDescription(self.toolTip())

    def set_now(self, now: datetime) -> None:
        """Show the time left at `now` (aware UTC)."""
        if self.due is None:
            self.set(self._formats.text("ui.clock.none"), "neutral", "clock")
            return
        left = self._formats.left(self.due, now)
        text = f"{self._name} {left}" if self._name else left
        tone = clock_tone(self.due, now)
        icon = "triangle-alert" if tone == "bad" else "clock"
        if (text, tone) != (self.text, self.tone):
            self.set(text, tone, icon)
