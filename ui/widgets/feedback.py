"""What the desk says back: banners, passing notes, and what an empty place means."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.announcing import announce
from ui.icons import paint_icon
from ui.theme import theme
from ui.tokens import Tone
from ui.widgets.buttons import Button
from ui.widgets.layout import column, label, restyle, row
from ui.widgets.text import TONE_ICONS

TOAST_MS = 5000
READ_MS = 1000
"""Before this nobody has read a note, in milliseconds."""


class Glyph(QWidget):
    """An icon that stands by itself."""

    accessible_role = QAccessible.Role.Graphic

    def __init__(self, name: str, colour: str = "muted", side: int = 20) -> None:
        super().__init__()
        self._name, self._colour = name, colour
        self.setFixedSize(QSize(theme().px(side), theme().px(side)))

    def set(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the theme in force."""
        painter = QPainter(self)
        paint_icon(painter, self._name, self.rect().toRectF(), self._colour)
        painter.end()


class EmptyState(QWidget):
    """Says that there is nothing, why that is fine, and what could be done."""

    accessible_role = QAccessible.Role.Grouping

    def __init__(
        self,
        title: str,
        text: str,
        *,
        icon: str = "circle-check",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        glyph = Glyph(icon, "accent_ink", 40)
        head, note = label(title, "heading"), label(text, "muted", wrap=True)
        for part in (head, note):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(f"{title}. {text}")
        body = column(None, row(None, glyph, None), head, note, gap=8, margins=(24, 32, 24, 32))
        if action and on_action is not None:
            body.addLayout(row(None, Button(action, on_action), None))
        body.addStretch(1)
        self.setLayout(body)


class Banner(QFrame):
    """A calm line across the page that stays until it is dealt with."""

    accessible_role = QAccessible.Role.AlertMessage

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._glyph = Glyph("info", "info")
        self._text = label("", wrap=True)
        self._act = Button("", self._run, variant="link")
        self._act.hide()
        self._on_action: Callable[[], object] | None = None
        self.setLayout(row(self._glyph, self._text, self._act, gap=8, margins=(12, 8, 12, 8)))
        self.hide()

    @property
    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def say(
        self,
        text: str,
        tone: Tone = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Show `text`; an empty text hides the banner."""
        news = text != self.text
        self._text.setText(text)
        self.setAccessibleName(text)
        self._glyph.set(TONE_ICONS[tone] or "info", tone)
        self.setProperty("tone", tone)
        restyle(self)
        self._act.set_text(action)
        self._act.setVisible(bool(action))
        self._on_action = on_action
        if self.parentWidget() is not None:
            self.setVisible(bool(text))
            if news and self.isVisible():
                announce(self, text, urgent=tone == "bad")
        else:
            # Shown before it has its place, it would flash up as a window and take the keyboard.
            self.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, not text)

    def _run(self) -> None:
        if self._on_action is not None:
            self._on_action()


class Toast(QFrame):
    """A note at the bottom of the window that leaves by itself; errors stay until closed."""

    accessible_role = QAccessible.Role.AlertMessage

    def __init__(self, parent: QWidget, close_text: str) -> None:
        super().__init__(parent)
        self.setProperty("role", "toast")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._glyph = Glyph("circle-check", "good")
        self._tone: Tone = "good"
        self._shown_for = QElapsedTimer()
        self._text = label("", wrap=True)
        close = Button("", self.hide, variant="ghost", icon="x", accessible=close_text)
        self._line = row(self._glyph, self._text, close, gap=10, margins=(14, 4, 4, 4))
        self.setLayout(self._line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """Return what it says."""
        return self._text.text()

    def say(self, text: str, tone: Tone = "good") -> None:
        """Show `text`; good and neutral news leave after five seconds."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._glyph.set(TONE_ICONS[tone] or "info", tone)
        self._tone = tone
        self.setProperty("tone", tone)
        restyle(self)
        self.ensurePolished()
        self._place()
        self.show()
        self._shown_for.start()
        self.raise_()
        announce(self, text, urgent=tone == "bad")
        self._timer.stop()
        if tone not in {"bad", "warn"}:
            self._timer.start(TOAST_MS)

    def leave(self) -> None:
        """Go with the screen that it was about, unless something broke or it was said just now.

        An act may say something and go to another screen at once.
        """
        if self._tone in {"warn", "neutral"} and self._shown_for.elapsed() > READ_MS:
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom when the window is resized."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        px = theme().px
        width = min(parent.width() - px(48), px(560))
        width, layout = max(width, px(200)), self._line
        # Qt's own adjusting takes the height that the words need in the narrowest column.
        layout.invalidate()
        self.setFixedSize(width, layout.totalHeightForWidth(width))
        x = (parent.width() - self.width()) // 2
        self.move(max(x, 0), parent.height() - self.height() - px(24))
