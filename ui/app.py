"""Starts the window: fonts, theme, then the main window with everything else behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desktop.texts import Lang
from ui.background import Background
from ui.main_window import Look, MainWindow
from ui.mishaps import tell_mishaps
from ui.preferences import Preferences
from ui.theme import theme

if TYPE_CHECKING:
    from desktop.services.desk import Desk


def run_window(
    open_desk: Callable[[], Desk],
    preferences: Path,
    lang: Lang | None,
    glimpse: Look | None = None,
) -> int:
    """Show the desk until it is closed and return the exit code.

    `open_desk` and `glimpse` are called on a worker; `preferences` is an INI file that need not
    exist.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    remembered = Preferences(preferences)
    theme().apply(remembered.appearance, remembered.scale)
    theme().follow_system()
    window = MainWindow(open_desk, remembered, Background(), lang, glimpse)
    tell_mishaps(window.tell_fault)
    window.show()
    window.start()
    return app.exec()
