"""A real window in a process of its own: types one draft, then a second one until it is killed.

Says `first kept`, then, still typing, `second kept` after each key.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.bootstrap import open_desk
from desktop.services.ports import Person
from ui.background import Background
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.screens.intake import IntakeScreen
from ui.screenshots import settle
from ui.theme import theme

FIRST = "first customer: the kettle leaks"
MOST_KEYS = 2000
#: Milliseconds between two keys: a fast typist who never rests.
KEY_MS = 30


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def type_for_ever(folder: Path, password: str) -> None:
    application = QApplication(["typing"])
    theme().apply("light", 1.0)
    desk = open_desk(folder)
    if not isinstance(desk.log_in("lin", password), Person):
        raise SystemExit("nobody is logged in")
    preferences = Preferences(folder / "window.ini")
    window = MainWindow(lambda: desk, preferences, Background(), "en")
    window.show()
    window.start()
    settle(lambda: window.workspace is not None)
    workspace = window.workspace
    assert workspace is not None
    workspace.go("intake", None)
    screen = workspace.front
    assert isinstance(screen, IntakeScreen)
    QTest.keyClicks(screen.form.verbatim, FIRST)
    screen.begin_another()
    settle(lambda: workspace.ui.background.idle)
    say("first kept")
    for _key in range(MOST_KEYS):
        QTest.keyClicks(screen.form.verbatim, "x")
        QTest.qWait(KEY_MS)
        if screen.discard.isVisible():
            say("second kept")
    application.quit()


if __name__ == "__main__":
    type_for_ever(Path(sys.argv[1]), sys.argv[2])
