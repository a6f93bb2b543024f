"""Measures how soon the window is usable; imports nothing that the program's own start does not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from ui.background import Background
from ui.main_window import DEFAULT_SIZE, MainWindow
from ui.preferences import Preferences
from ui.screenshots import settle
from ui.shell.login import LoginPage
from ui.shell.rescue import Look
from ui.theme import theme

if TYPE_CHECKING:
    from desktop.services.desk import Desk


def usable_window(
    open_desk: Callable[[], Desk], glimpse: Look, folder: Path, password: str, began: float
) -> dict[str, float]:
    """Open the real window; return milliseconds to the login page and on to the Today board.

    `began` is when the process was started, in seconds as `time.time` gives them.
    """
    window = open_window(open_desk, folder, glimpse)
    settle(lambda: isinstance(window.centralWidget(), LoginPage), timeout_ms=60_000)
    login = (time.time() - began) * 1000
    page = window.centralWidget()
    if not isinstance(page, LoginPage):
        raise RuntimeError("the login page did not open")
    page.password.setText(password)
    page.submit()
    settle(lambda: window.workspace is not None and not window.workspace.front.busy())
    today = (time.time() - began) * 1000
    close_window(window)
    return {"login_ms": round(login, 1), "today_ms": round(today, 1)}


def open_window(
    open_desk: Callable[[], Desk], folder: Path, glimpse: Look | None = None
) -> MainWindow:
    """Show and start the real window on a folder's data."""
    QApplication.instance() or QApplication(["amends"])
    theme().apply("light", 1.0)
    preferences = Preferences(folder / "bench.ini")
    window = MainWindow(open_desk, preferences, Background(), "zh_CN", glimpse)
    window.show()
    window.resize(*DEFAULT_SIZE)
    window.start()
    return window


def close_window(window: MainWindow) -> None:
    """Close it and let what is under way end."""
    window.close()
    QApplication.processEvents()
