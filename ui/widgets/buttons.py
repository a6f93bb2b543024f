"""Buttons of every variant, with an icon and a hint of their key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy

from ui.icons import icon as make_icon
from ui.theme import theme
from ui.tokens import CONTROL_HEIGHT, Tone
from ui.widgets.layout import restyle
from ui.widgets.wedge import FASTEST_MS

_ICON_COLOURS = {"primary": "on_accent", "danger": "bad", "link": "accent_ink"}


class PushButton(QPushButton):
    """Pressed by Enter as well as by the space bar; a key held down presses once.

    The Enter with which a scanner ends what it typed at a button presses nothing.
    """

    _waits_with_keyboard = False
    _typed_at = float("-inf")
    """When a letter or digit came last, by the system's clock of keys, in milliseconds."""

    def set_waiting(self, waiting: bool) -> None:
        """Take no press while its work is under way; the keyboard comes back if nobody took it."""
        focus = QApplication.focusWidget()
        if waiting:
            self._waits_with_keyboard = focus is self
            if self._waits_with_keyboard:
                self.clearFocus()  # else Qt hands it to whatever comes next
        self.setEnabled(not waiting)
        if not waiting and self._waits_with_keyboard and focus in (None, self.window()):
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press by Enter."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scanned = 0 <= event.timestamp() - self._typed_at < FASTEST_MS
            if not event.isAutoRepeat() and not scanned:
                self.click()
            return
        if event.text().strip():
            self._typed_at = event.timestamp()
        super().keyPressEvent(event)


class Button(PushButton):
    """A push button; `variant` is primary, secondary, danger, ghost, link, pill or chip.

    `keys` is shown as a hint; when it is a chord or a function key it also presses the button.
    Single letters are the window's business, which keeps them out of text fields.
    """

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object] | None = None,
        *,
        variant: str = "secondary",
        icon: str = "",
        keys: str = "",
        accessible: str = "",
    ) -> None:
        super().__init__(_escape(text, spaced=bool(icon)))
        self.setProperty("variant", variant)
        self._variant = variant
        self._hint = keys.replace("Return", "⏎").replace("+", " ")
        if icon:
            self.set_icon(make_icon(icon, _ICON_COLOURS.get(variant, "ink")))
        self.setAccessibleName(accessible or text)
        if accessible and accessible != text:
            self.setToolTip(f"{accessible} ({keys})" if keys else accessible)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setMinimumSize(theme().px(CONTROL_HEIGHT), theme().px(CONTROL_HEIGHT))
        self.setAutoDefault(False)
        if self._hint:
            # Qt centres the text in the padded box, so the hint at the right stays clear of it.
            self.setStyleSheet(f"QPushButton {{ padding-right: {self._hint_room()}px; }}")
        if len(keys) > 1:
            self.setShortcut(QKeySequence(keys))
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())

    def set_icon(self, picture: QIcon) -> None:
        """Show an icon before the text."""
        side = theme().px(18)
        self.setIcon(picture)
        self.setIconSize(QSize(side, side))

    def set_text(self, text: str) -> None:
        """Replace text and accessible name together; Qt drops the shortcut with the old text."""
        shortcut = self.shortcut()
        self.setText(_escape(text, spaced=not self.icon().isNull()))
        self.setShortcut(shortcut)
        self.setAccessibleName(text)

    def set_tone(self, tone: Tone) -> None:
        """Colour a pill button."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)

    def sizeHint(self) -> QSize:
        """Keep room for the bold words of a chosen chip, which the style sheet does not."""
        hint = super().sizeHint()
        if self._variant == "chip":
            text = self.text()
            bold = QFontMetrics(theme().font("body", bold=True)).horizontalAdvance(text)
            plain = QFontMetrics(theme().font("body")).horizontalAdvance(text)
            hint.setWidth(hint.width() + max(bold - plain, 0))
        return hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button as styled, then the key hint at its right end."""
        super().paintEvent(event)
        if not self._hint or not self.text():
            return
        px = theme().px
        font = theme().font("tiny")
        width, height = self._hint_width(), px(20)
        at = QRect(self.width() - width - px(10), (self.height() - height) // 2, width, height)
        name = ("on_accent" if self._variant == "primary" else "muted") if self.isEnabled() else ""
        colour = theme().colour(name or "on_disabled")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        colour.setAlphaF(0.45)
        painter.setPen(colour)
        painter.drawRoundedRect(at, px(4), px(4))
        colour.setAlphaF(1.0)
        painter.setPen(colour)
        painter.drawText(at, Qt.AlignmentFlag.AlignCenter, self._hint)
        painter.end()

    def _hint_width(self) -> int:
        return QFontMetrics(theme().font("tiny")).horizontalAdvance(self._hint) + theme().px(10)

    def _hint_room(self) -> int:
        return self._hint_width() + theme().px(18)


class ElidedLink(Button):
    """A link with the words of a person: ends in … when they do not fit, the tooltip has all."""

    def __init__(self, text: str, on_click: Callable[[], object] | None = None) -> None:
        self._full = text
        super().__init__(text, on_click, variant="link")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        # What a style sheet makes the least width of a button is that of all its words.
        self.setStyleSheet(f"QPushButton {{ min-width: {theme().px(24)}px; }}")

    def sizeHint(self) -> QSize:
        """Ask for room for all words."""
        hint = super().sizeHint()
        metrics = QFontMetrics(self.font())
        shown, full = metrics.horizontalAdvance(self.text()), metrics.horizontalAdvance(self._full)
        return QSize(hint.width() - shown + full, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Shrink to a few characters."""
        return QSize(theme().px(CONTROL_HEIGHT), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again at the new width."""
        super().resizeEvent(event)
        metrics = QFontMetrics(self.font())
        around = super().sizeHint().width() - metrics.horizontalAdvance(self.text())
        room = self.width() - around
        shown = metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        self.setText(_escape(shown, spaced=False))
        self.setToolTip("" if shown == self._full else self._full)


def _escape(text: str, *, spaced: bool) -> str:
    """Keep ampersands, and set text off from an icon, which Qt puts too close."""
    shown = text.replace("&", "&&")
    return f" {shown}" if spaced and shown else shown
