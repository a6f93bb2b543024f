"""Notices that nobody has touched the window for a while, so that it can be locked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QWindow

#: The setting that says after how many minutes; 0 never locks.
LOCK_MINUTES = "lock.minutes"
DEFAULT_MINUTES = 10
_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


def minutes_of(setting: str) -> int:
    """Read the setting; what is no number means the default."""
    return int(setting) if setting.isdecimal() else DEFAULT_MINUTES


class IdleWatch(QObject):
    """Emits `idle` once after the time set without a key, a click or a move of the mouse.

    It looks at the native window alone, which is where every such event arrives first.
    """

    idle = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.idle)
        self._minutes = 0
        self._watched: QWindow | None = None

    @property
    def minutes(self) -> int:
        """After how many minutes; 0 while it does not watch."""
        return self._minutes if self._timer.isActive() else 0

    def watch(self, window: QWindow | None, minutes: int) -> None:
        """Begin to count anew; 0 minutes never ends."""
        if window is not None and window is not self._watched:
            window.installEventFilter(self)
            self._watched = window
        self._minutes = minutes
        if minutes > 0:
            self._timer.start(minutes * 60_000)
        else:
            self._timer.stop()

    def stop(self) -> None:
        """Count no more: the window is locked already."""
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count anew with every touch."""
        if event.type() in _TOUCHES and self._timer.isActive():
            self._timer.start(self._minutes * 60_000)
        return super().eventFilter(watched, event)
