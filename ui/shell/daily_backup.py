"""The day's backup, made beside all work once the morning's first minute is over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from ui.background import Background

AFTER_MS = 60_000


class DailyBackup(QObject):
    """Waits a minute, then makes the backup of the day if there is none yet."""

    def __init__(
        self, parent: QObject, background: Background, failed: Callable[[Exception], object]
    ) -> None:
        super().__init__(parent)
        self._background, self._failed = background, failed
        self._make: Callable[[], object] = lambda: None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.make_now)

    def after_a_minute(self, make: Callable[[], object]) -> None:
        """Begin to wait; `make` is run off the GUI thread."""
        self._make = make
        self._timer.start(AFTER_MS)

    def make_now(self) -> None:
        """Make it without waiting."""
        self._background.run(self._make, lambda _made: None, self._failed, lane="files")
