"""Paints a full page part by part, so that its first picture does not hold the window up."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

#: A frame each, in milliseconds; the keyboard is heard between two of them.
TURN_MS: Final = 16


def paint_by_turns(whole: QWidget, *parts: QWidget) -> None:
    """Paint `whole` without its `parts` first, then each of these; all is laid out at once.

    What a font draws for the first time costs five times what it costs again.
    """
    waiting = [whole, *parts]
    for widget in waiting:
        widget.setUpdatesEnabled(False)

    def paint_next() -> None:
        waiting.pop(0).setUpdatesEnabled(True)
        if waiting:
            QTimer.singleShot(TURN_MS, whole, paint_next)

    QTimer.singleShot(TURN_MS, whole, paint_next)
