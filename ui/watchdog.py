"""Watches the event loop: how long the window answered nothing, with a line in the log for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

#: A window that answers later than this feels stuck (milliseconds).
BLOCKED_MS: Final = 100.0
BENCH_BEAT_MS: Final = 5
#: In the running program: often enough to notice, too seldom to be felt.
BEAT_MS: Final = 40
LOG_FILE: Final = "window.log"
_LOG_BYTES: Final = 64_000
#: A longer pause is a PC that slept.
_SLEPT_MS: Final = 60_000.0
log = logging.getLogger(__name__)


class Watchdog(QObject):
    """Notes the times in which the event loop answered nothing.

    `gaps` holds each in milliseconds beside the time that the window's own thread computed in it.
    """

    def __init__(self, beat_ms: int = BENCH_BEAT_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gaps: list[tuple[float, float]] = []
        self._beat_ms = beat_ms
        self._last = (time.perf_counter(), time.thread_time())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to watch."""
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start(self._beat_ms)

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        wall, own = ((b - a) * 1000 for a, b in zip(self._last, now, strict=True))
        self._last = now
        self.took(wall - self._beat_ms, own)

    def took(self, wall: float, own: float) -> None:
        """Keep one gap."""
        self.gaps.append((wall, own))


class _LogFile(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A full or read-only disk is said where it matters; this log is not worth a word."""


class BlockLog(Watchdog):
    """Writes a line for each block of the running window: how long, and on which screen.

    The line holds no words of anybody: the moment, two times in milliseconds and the screen's
    name. `folder` holds the data; it may be made after the window is there.
    """

    def __init__(
        self, screen: Callable[[], str], folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(BEAT_MS, parent)
        self._screen, self._folder = screen, folder
        self._file: logging.Handler | None = None

    def took(self, wall: float, own: float) -> None:
        """Log a gap that is a block."""
        if BLOCKED_MS < wall < _SLEPT_MS and self._folder.is_dir():
            if self._file is None:
                self._file = _opened(self._folder / LOG_FILE)
                log.addHandler(self._file)
            log.warning("blocked %.0f ms (own %.0f ms) on %s", wall, own, self._screen())

    def end(self) -> None:
        """Watch no longer and let go of the file."""
        self._timer.stop()
        if self._file is not None:
            log.removeHandler(self._file)
            self._file.close()
            self._file = None


def _opened(path: Path) -> logging.Handler:
    found = _LogFile(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    found.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    return found
