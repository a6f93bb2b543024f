"""Tells a barcode scanner (a keyboard wedge) from a person by how fast the keys come."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

#: A scanner sends a key every few milliseconds; nobody types eight keys that fast.
FASTEST_MS: Final = 30
SHORTEST: Final = 8
#: GS1 codes separate their parts by this character.
_SEPARATOR: Final = "\x1d"


class WedgeReader:
    """Gathers a burst of characters; times in milliseconds of any one clock."""

    def __init__(self) -> None:
        self._burst = ""
        self._last = 0.0

    @property
    def begun(self) -> bool:
        """Whether the next character would continue a burst."""
        return bool(self._burst)

    def feed(self, character: str, at: float) -> None:
        """Take one character; one that comes late begins anew."""
        if at - self._last > FASTEST_MS:
            self._burst = ""
        self._burst += character
        self._last = at

    def end(self, at: float) -> str:
        """Return the burst that Enter ends, empty when a person typed."""
        burst, fast = self._burst, at - self._last <= FASTEST_MS
        self._burst = ""
        return burst if fast and len(burst) >= SHORTEST else ""


class ScanWatch(QObject):
    """Watches the native window, so that a scan is seen wherever the focus is.

    What the scanner typed into the field in hand is taken out again where `wanted` accepts the
    code; Enter then does nothing else.
    """

    scanned = Signal(str)
    begun = Signal()
    """A first character came; what it changes may have to be undone."""

    def __init__(
        self,
        parent: QObject,
        wanted: Callable[[str], bool],
        clock: Callable[[], float] = lambda: time.monotonic() * 1000,
    ) -> None:
        super().__init__(parent)
        self._wanted, self._clock = wanted, clock
        self._reader = WedgeReader()
        self._window: QWindow | None = None

    def watch(self, window: QWindow | None) -> None:
        """Watch this window alone; None watches nothing."""
        if self._window is not None:
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Gather characters; swallow the Enter of a scan."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            # The system's time of the key: a busy window must not make typing look like a scan.
            at = float(event.timestamp()) or self._clock()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return self._ended(at)
            text = event.text()
            if text and (text.isprintable() or text == _SEPARATOR):
                if not self._reader.begun:
                    self.begun.emit()
                self._reader.feed(text, at)
        return super().eventFilter(watched, event)

    def _ended(self, at: float) -> bool:
        code = self._reader.end(at)
        if not code or not self._wanted(code):
            return False
        _take_out(code.replace(_SEPARATOR, ""))
        self.scanned.emit(code)
        return True


def _take_out(code: str) -> None:
    """Remove what the scanner has typed into the field in hand."""
    field = QApplication.focusWidget()
    if isinstance(field, QLineEdit):
        at = field.cursorPosition()
        if field.text()[:at].endswith(code):
            field.setSelection(at - len(code), len(code))
            field.del_()
    elif isinstance(field, QPlainTextEdit):
        cursor = field.textCursor()
        cursor.movePosition(cursor.MoveOperation.Left, cursor.MoveMode.KeepAnchor, len(code))
        if cursor.selectedText() == code:
            cursor.removeSelectedText()
