"""Starts the window: fonts, theme, then the main window with everything else behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QStyle, QWidget

from desktop.texts import Lang
from ui.accessible_roles import install_roles
from ui.background import Background
from ui.main_window import MainWindow
from ui.mishaps import tell_mishaps
from ui.only_one import OnlyOne
from ui.preferences import Preferences
from ui.shell.rescue import Look, Restore
from ui.theme import theme
from ui.watchdog import BlockLog

if TYPE_CHECKING:
    from desktop.services.desk import Desk


def show_fitting(window: QWidget, *, known: bool) -> None:
    """Show a window; one of no `known` place fills a screen that is too small for it."""
    room = window.screen().availableGeometry().size()
    # The desktop adds a title bar, and says how high it is only when the window is shown.
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    room.setHeight(room.height() - title)
    if known or window.size().boundedTo(room) == window.size():
        window.show()
    else:
        window.showMaximized()


def run_window(
    open_desk: Callable[[], Desk],
    preferences: Path,
    lang: Lang | None,
    glimpse: Look | None = None,
    restore: Restore | None = None,
) -> int:
    """Show the desk until it is closed and return the exit code.

    `open_desk`, `glimpse` and `restore` are called on a worker; `preferences` is an INI file in
    the folder of the data, which one window holds at a time; it need not exist.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    app.setApplicationName("Amends")  # what desktops and screen readers call the program
    install_roles()
    remembered = Preferences(preferences)
    theme().apply(remembered.appearance, remembered.scale)
    theme().follow_system()
    only = OnlyOne(preferences.parent)

    def opened() -> Desk:
        only.claim()
        desk = open_desk()
        only.claim()  # a first run makes the folder
        return desk

    window = MainWindow(opened, remembered, Background(), lang, glimpse, restore)
    tell_mishaps(window.tell_fault)
    show_fitting(window, known=remembered.geometry is not None)
    window.start()
    blocks = BlockLog(
        lambda: window.workspace.route[0] if window.workspace else "login", preferences.parent
    )
    blocks.start()
    code = app.exec()
    blocks.end()
    only.release()
    return code
