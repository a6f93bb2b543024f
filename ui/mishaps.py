"""Says what a screen raised: logged whole, told in one line, and the window goes on."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)


def tell_mishaps(say: Callable[[Exception], None]) -> None:
    """From here on give what a slot raises to `say`, instead of stderr where nobody looks.

    Ctrl+C and the like still end the program. What `say` raises itself is only logged.
    """
    before = sys.excepthook

    def told(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(fault, Exception):
            before(kind, fault, trace)
            return
        log.error("a screen raised", exc_info=(kind, fault, trace))
        app = QApplication.instance()
        if app is None or QThread.currentThread() is not app.thread():
            return
        try:
            say(fault)
        except Exception:
            log.exception("a screen's fault could not be told")

    sys.excepthook = told
